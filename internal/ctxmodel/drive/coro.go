package drive

import "runtime"

// coro is a coroutine on a goroutine of its own. A panic or Goexit that leaves
// its body comes out of resume. Any goroutine of the body may yield, one at a
// time.
type coro struct {
	body    func()
	in      chan struct{}
	out     chan exit
	started bool
	done    bool
}

type exit struct {
	how   how
	value any
}

type how uint8

const (
	yielded how = iota
	returned
	panicked
	goexited
)

func newCoro(body func()) *coro {
	return &coro{body: body, in: make(chan struct{}), out: make(chan exit)}
}

// resume runs the body until it yields or ends.
func (c *coro) resume() {
	if c.started {
		c.in <- struct{}{}
	} else {
		c.started = true
		spawn(c.body, c.out)
	}
	e := <-c.out
	c.done = e.how != yielded
	e.leave()
}

func (c *coro) yield() {
	c.out <- exit{}
	<-c.in
}

// spawn runs f on a goroutine and sends how it ended.
func spawn(f func(), ends chan<- exit) {
	go func() {
		e := exit{how: goexited}
		defer func() {
			if v := recover(); v != nil {
				e = exit{panicked, v}
			}
			ends <- e
		}()
		f()
		e.how = returned
	}()
}

// leave ends the caller as the body ended.
func (e exit) leave() {
	switch e.how {
	case panicked:
		panic(e.value)
	case goexited:
		runtime.Goexit()
	}
}
