package main

import (
	"fmt"
	"slices"
)

// The e-mail's three programs with cancel scopes. fail_after(n) opens a scope that ends its block after n seconds;
// the scopes that a line is inside are those that can end it.

func (st *stage) deadlineInGenerator() {
	st.play("1  A generator with a deadline of its own. Its caller's are the caller's.", `
def agen():                  def caller():
    with fail_after(10):         with fail_after(20):
        op1()                        g = agen(); next(g)
        yield                    with fail_after(5):
        op2()                        next(g)
`, func(sc *scene, caller *frame) {
		var g *frame
		caller.failAfter(20, func() {
			g = caller.generator(func(g *frame) {
				g.failAfter(10, func() {
					sc.line(g, "op1 in g, under 20", scopes, listed)
					g.yield()
					sc.line(g, "op2 in g, under 5", scopes, listed)
					g.yield()
				})
			})
			caller.next(g)
			sc.line(caller, "caller, after next(g)", scopes, listed)
		})
		sc.line(caller, "caller, 20 left", scopes, listed)
		caller.failAfter(5, func() {
			caller.next(g)
			sc.line(caller, "caller, after next(g)", scopes, listed)
		})
		sc.line(caller, "caller, at the end", scopes, listed)
		caller.stop(g)
	})
}

func (st *stage) awaitedUnderDeadline() {
	st.play("2  A generator made outside a block, resumed inside: it is under the deadline.", `
def agen():                  def caller():
    op()                         g = agen()
    yield                        with fail_after(10):
    op()                             next(g)
                                 next(g)
`, func(sc *scene, caller *frame) {
		g := caller.generator(func(g *frame) {
			sc.line(g, "op in g, under 10", scopes, listed)
			sc.line(g, "  so op may run for", scopes, allowance)
			g.yield()
			sc.line(g, "op in g, under nothing", scopes, listed)
		})
		caller.failAfter(10, func() { caller.next(g) })
		caller.next(g)
	})
}

// allowance is what the scopes leave to an operation.
func allowance(blocks []*block) string {
	if len(blocks) == 0 {
		return "ever"
	}
	soonest := slices.MinFunc(blocks, func(a, b *block) int { return a.value - b.value })
	return fmt.Sprintf("%d s", soonest.value)
}

func (st *stage) madeUnderDeadline() {
	defer withoutCollections()()
	var proof string
	st.play("3  A generator made inside a block that is then left: it keeps nothing of it.", `
def agen():                  def caller():
    op()                         with fail_after(10):
                                     g = agen()
                                 next(g)
`, func(sc *scene, caller *frame) {
		var g *frame
		var h *holders
		caller.failAfter(10, func() {
			g = caller.generator(func(g *frame) {
				sc.line(g, "op in g, under nothing", scopes, listed)
			})
			h = holdersOf(caller, g)
			sc.steps = append(sc.steps, h.step("the scope, inside 10", "held"))
		})
		sc.steps = append(sc.steps, h.step("the scope, 10 left", "freed"))
		proof = h.proof
		caller.next(g)
	})
	fmt.Fprintf(st.out, "\n  %s\n", proof)
}
