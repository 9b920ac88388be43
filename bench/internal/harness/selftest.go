package harness

import "time"

// SelfLow and SelfHigh are the limits within which an implementation against
// itself must read.
const (
	SelfLow  = 0.8
	SelfHigh = 1.2
)

// Self is one line of the self-test.
type Self struct {
	Name        string
	Fair, Naive Ratio // by this package's rules; with the same side always first, no collection, one sample
}

// OK reports whether the fair ratio lies within the limits.
func (s Self) OK() bool { return s.Fair.Value >= SelfLow && s.Fair.Value <= SelfHigh }

// SelfTest times every selected contestant of a group against itself: set up
// twice, timed as two.
func SelfTest(g Group, o Options) ([]Self, error) {
	as, bs := g.Prepare(), g.Prepare()
	var out []Self
	for i, a := range as {
		if a.Body == nil || o.Impl != nil && !o.Impl.MatchString(a.Impl) {
			continue
		}
		b := bs[i]
		naive := func(body Body) []float64 {
			n := calibrate(body, o.Target/4)
			start := time.Now()
			sink += body(n)
			return []float64{float64(time.Since(start).Nanoseconds()) / float64(n)}
		}
		first := naive(a.Body)
		s := Self{Name: g.Name + "/impl=" + a.Impl, Naive: RatioOf(first, naive(b.Body))}
		twins := Group{Name: g.Name, Per: g.Per, Prepare: func() []Contestant {
			return []Contestant{{Impl: a.Impl, Body: a.Body}, {Impl: a.Impl + "'", Body: b.Body}}
		}}
		// As with the bars, a ratio outside is looked at again for twice as many
		// rounds, and judged by all of them.
		var left, right []float64
		for _, rounds := range []int{o.Rounds, 2 * o.Rounds} {
			res, err := Run(twins, Options{Rounds: rounds, Target: o.Target, Stretch: o.Stretch})
			if err != nil {
				return nil, err
			}
			left, right = append(left, res[0].Samples...), append(right, res[1].Samples...)
			if s.Fair = RatioOf(left, right); s.OK() {
				break
			}
		}
		out = append(out, s)
	}
	return out, nil
}
