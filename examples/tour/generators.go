package main

// interleaved is jsbueno/extracontext#4: two generators that run in turn.
func (st *stage) interleaved() {
	st.play("7  Two generators in turn: each finds its own value again.", `
def worker(name):            def main():
    with user(name):             a, b = worker("ann"), worker("bob")
        print(user)              next(a); next(b); next(a); next(b)
        yield
        print(user)
`, func(sc *scene, main *frame) {
		who := named("ann", "bob")
		worker := func(name int) *frame {
			return main.generator(func(g *frame) {
				g.with(user, name, func() {
					sc.line(g, []string{"a", "b"}[name]+", first time", user, who)
					g.yield()
					sc.line(g, []string{"a", "b"}[name]+", second time", user, who)
					g.yield()
				})
			})
		}
		a, b := worker(0), worker(1)
		for range 2 {
			main.next(a)
			main.next(b)
		}
		sc.line(main, "main", user, who)
		main.stop(a)
		main.stop(b)
	})
}

// forked is a task that a generator starts: it begins with what the generator sees at that moment.
func (st *stage) forked() {
	st.play("8  A task started in a generator gets what the generator sees, its caller does not.", `
def gen():                   def main():
    with user("gen"):            with user("main"), fail_after(20):
        start(child)                 g = gen(); next(g)
        yield                        print(user)
                                     switch_tasks(); print(user)
`, func(sc *scene, main *frame) {
		who := named("main", "gen")
		main.with(user, 0, func() {
			main.failAfter(20, func() {
				g := main.generator(func(g *frame) {
					g.with(user, 1, func() {
						g.fork(func(child *frame) {
							sc.line(child, "child", user, who)
							sc.line(child, "child, its scopes", scopes, listed)
							child.co.Pause()
							sc.line(child, "child, gen's block left", user, who)
							sc.line(child, "child, 20 left", scopes, listed)
						})
						g.yield()
					})
				})
				main.next(g)
				sc.line(main, "main, after next(g)", user, who)
				main.co.Pause()
				sc.line(main, "main, child has run", user, who)
				main.stop(g)
			})
		})
	})
}
