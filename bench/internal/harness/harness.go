// Package harness times implementations against each other so that the ratio
// means something.
//
// All implementations of one operation form a group: they are set up together,
// must return the same checksum, and are then timed in interleaved rounds.
//
//	round 1   A B C D      a collection before every timing
//	round 2   D C B A      the order alternates
//	  ...                  lower quartile of eight rounds, with its spread
//
// The timings are taken with GOMAXPROCS=1, so that they hold the whole cost of
// the garbage that an operation makes, and in processor time, so that they do
// not hold what other processes do.
//
// An implementation timed against itself in this way reads 0.8 to 1.2
// ([SelfTest] shows it); when one side always goes first it reads 0.4 to 1.9.
package harness

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Body runs an operation iters times and returns a checksum of what it saw.
// Successive calls may go on where the last one stopped.
type Body func(iters int) uint64

// Contestant is one implementation in a group. It has a Body, which is timed,
// or a Gauge, which returns its own figure (bytes per entry, say).
type Contestant struct {
	Impl  string
	Body  Body
	Gauge func() float64
}

// Group is one operation at one size: what is compared with what.
type Group struct {
	Name    string // op=get/key=string/n=1000
	Prepare func() []Contestant
	Per     int    // what one iteration's time is divided by: n, for a whole iteration
	Check   int    // iterations whose checksums must agree; 0: nothing to compare
	Unit    string // of a gauge; timings are ns/op
	Rounds  int    // instead of Options.Rounds, for gauges that repeat themselves
}

// Result is what one implementation did.
type Result struct {
	Name    string    `json:"name"` // op=…/key=…/n=…/impl=…
	Unit    string    `json:"unit"`
	Iters   int       `json:"iters"`
	Samples []float64 `json:"samples"` // one a round, per operation
	Q1      float64   `json:"q1"`      // the lower quartile: the figure to quote
	Median  float64   `json:"median"`
	Spread  float64   `json:"spread"`
	Bytes   float64   `json:"bytes_per_op"`
	Allocs  float64   `json:"allocs_per_op"`
	Noisy   bool      `json:"noisy,omitempty"`
}

// Field returns the value of one key=value part of the name.
func (r Result) Field(key string) string { return Field(r.Name, key) }

// Group returns the name without the implementation.
func (r Result) Group() string { return r.Name[:strings.LastIndex(r.Name, "/impl=")] }

// Field returns the value of one key=value part of a name, "" if it has none.
func Field(name, key string) string {
	for part := range strings.SplitSeq(name, "/") {
		if k, v, ok := strings.Cut(part, "="); ok && k == key {
			return v
		}
	}
	return ""
}

// Options say how long to look.
type Options struct {
	Rounds int           // timings per implementation; 8 or more
	Target time.Duration // length of one timing
	// Stretch is how many times Target a timing may take in order to hold the
	// collections that it causes; see collections. At 1 and below it never does.
	Stretch int
	Run     *regexp.Regexp
	Impl    *regexp.Regexp
	Report  func(done int, name string) // progress; may be nil
}

// Wants reports whether the -run expression selects the group's name.
func (o Options) Wants(name string) bool { return o.Run == nil || o.Run.MatchString(name) }

// Run times one group. An error means that the implementations disagreed about
// the result, and nothing was timed.
func Run(g Group, o Options) ([]Result, error) {
	var cs []Contestant
	for _, c := range g.Prepare() {
		if o.Impl == nil || o.Impl.MatchString(c.Impl) {
			cs = append(cs, c)
		}
	}
	if err := check(g, cs); err != nil {
		return nil, err
	}
	per := float64(max(g.Per, 1))
	rounds := o.Rounds
	if g.Rounds > 0 {
		rounds = g.Rounds
	}
	res := make([]Result, len(cs))
	bytes, allocs := make([][]float64, len(cs)), make([][]float64, len(cs))
	for i, c := range cs {
		res[i] = Result{Name: g.Name + "/impl=" + c.Impl, Unit: "ns/op", Iters: 1}
		if c.Body != nil {
			res[i].Iters = collections(c.Body, calibrate(c.Body, o.Target), o)
		} else {
			res[i].Unit = g.Unit
		}
	}
	for r := range rounds {
		for j := range cs {
			i := j
			if r%2 == 1 {
				i = len(cs) - 1 - j
			}
			c := cs[i]
			if c.Gauge != nil {
				res[i].Samples = append(res[i].Samples, c.Gauge())
				continue
			}
			ns, b, a := timed(c.Body, res[i].Iters)
			res[i].Samples = append(res[i].Samples, ns/per)
			bytes[i] = append(bytes[i], b/per)
			allocs[i] = append(allocs[i], a/per)
		}
	}
	for i := range res {
		r := &res[i]
		r.Q1, r.Median, r.Spread = LowerQuartile(r.Samples), Median(r.Samples), Spread(r.Samples)
		if len(bytes[i]) > 0 {
			r.Bytes, r.Allocs = Median(bytes[i]), Median(allocs[i])
		}
		r.Noisy = r.Spread > NoisySpread
	}
	return res, nil
}

// check runs every body once, untimed, and compares what they computed.
func check(g Group, cs []Contestant) error {
	if g.Check == 0 {
		return nil
	}
	var want uint64
	var by string
	for _, c := range cs {
		if c.Body == nil {
			continue
		}
		got := c.Body(g.Check)
		if by == "" {
			want, by = got, c.Impl
		} else if got != want {
			return fmt.Errorf("%s: %s computes %d, %s computes %d: nothing timed", g.Name, by, want, c.Impl, got)
		}
	}
	return nil
}

// began is when the process started, for clocks that need a zero.
var began = time.Now()

// sink keeps the compiler from dropping a body whose result nobody reads.
var sink uint64

// calibrate finds how many iterations take about the target time, and warms
// caches and branch predictors on the way.
func calibrate(b Body, target time.Duration) int {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for n := 1; ; {
		start := cpuTime()
		sink += b(n)
		d := cpuTime() - start
		if d >= target/4 || n >= 1<<30 {
			return max(1, int(float64(n)*float64(target)/float64(max(d, 1))))
		}
		grow := 100.0
		if d > 0 {
			grow = min(grow, 0.5*float64(target)/float64(d))
		}
		n = max(n+1, int(float64(n)*grow))
	}
}

// collections raises the number of iterations until a timing holds two of the
// collections that the body causes, or takes Stretch times the target. Beside a
// large heap a short timing holds one collection or none, and which of the two
// would decide the figure.
func collections(b Body, iters int, o Options) int {
	if o.Stretch <= 1 {
		return iters
	}
	ns, bytes, _ := timed(b, iters)
	if bytes < 1 {
		return iters
	}
	const smallest = 4 << 20 // the heap below which the runtime does not collect
	enough := 2 * max(float64(liveHeap()), smallest) / bytes
	longest := float64(o.Stretch) * float64(o.Target.Nanoseconds()) / max(ns, 1)
	return max(iters, int(min(enough, longest)))
}

// timed collects, then runs the body on one processor. It returns nanoseconds,
// bytes and allocations per iteration.
//
// On several processors the collector works beside the body, and what a body
// pays for its garbage depends on who else uses the machine: a Set against
// itself read 0.4 to 1.6. On one, the collections that a body causes are in its
// time, all of them, and it reads 0.9 to 1.2 even on a busy machine.
func timed(b Body, iters int) (ns, bytes, allocs float64) {
	var before, after runtime.MemStats
	runtime.GC()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	runtime.ReadMemStats(&before)
	start := cpuTime()
	sink += b(iters)
	d := cpuTime() - start
	runtime.ReadMemStats(&after)
	n := float64(iters)
	return float64(d.Nanoseconds()) / n, float64(after.TotalAlloc-before.TotalAlloc) / n, float64(after.Mallocs-before.Mallocs) / n
}

// HeapAfter returns the bytes that stay reachable from what build returns,
// beyond what was live before.
func HeapAfter(build func() any) float64 {
	before := liveHeap()
	x := build()
	after := liveHeap()
	runtime.KeepAlive(x)
	return float64(after) - float64(before)
}

func liveHeap() uint64 {
	var m runtime.MemStats
	for range 3 { // finalizers and cleanups may need a second look
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// ProcessorTime returns what the process has used so far.
func ProcessorTime() time.Duration { return cpuTime() }

// MarkTime returns the nanoseconds of one collection on one processor, best of
// several, while nothing else runs: what the heap costs each time the
// collector passes.
func MarkTime() float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	best := time.Duration(1 << 62)
	for range 5 {
		start := cpuTime()
		runtime.GC()
		best = min(best, cpuTime()-start)
	}
	return float64(best.Nanoseconds())
}
