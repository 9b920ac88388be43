// Package sim is a small cooperative scheduler: the host runtime that the
// tests of ctx, the tour and the fuzz targets run their programs on.
//
//	w := sim.New(1) // the seed fixes every choice
//	w.Go("main", func(c *sim.Co) {
//		user.Put(c.State(), "ann")
//		c.Go("child", func(c *sim.Co) { user.Get(c.State()) }) // "ann"
//		g := c.Generate(func(c *sim.Co) { c.Yield(1); c.Yield(2) })
//		x, ok := g.Next(c) // 1, true
//		c.Sleep(time.Second) // on a clock that nobody waits for
//	})
//	err := w.Run()
//
// # The parts
//
//	World ── ready tasks, one clock, one random source
//	  │
//	  ├─ Task "main"   a coroutine with a ctx.State of its own
//	  │    │ Next                    ▲ Yield, end
//	  │    ▼                         │
//	  │    Gen         a coroutine with a ctx.Layer that lies on its resumer
//	  │    │ Next
//	  │    ▼
//	  │    Gen …       Pause, Sleep and Await here suspend the whole task:
//	  │                the generators between stay where they are
//	  └─ Task "child"
//
// A Co is the handle that a running body has: of a task or of a generator.
//
// # How it uses ctx
//
// Each task has one State for its life and a task switch touches none: the
// scheduler goes on with another State. Tasks, callbacks and promise reactions
// start with a Fork of the State that registered them. A generator's layer
// comes on at each resume and goes off at each yield, with ctx.State.Resume or,
// as in interpreters that run generators on the resumer's stack, Push.
//
// # Promises
//
// A World runs on one goroutine at a time, and Worlds do not share anything, so
// any number may run at once. The same seed and the same program give the same
// order of steps on every machine. A panic in a task leaves Run as it is. When
// Run returns, no coroutine is left behind: generators that were never finished
// have been closed, blocked tasks have been stopped.
package sim
