package main

import (
	"math/big"
)

// digits is the precision that a lookup gave; decimal's default is 28.
func digits(blocks []*block) int {
	if len(blocks) == 0 {
		return 28
	}
	return blocks[len(blocks)-1].value
}

// rounded shows a number under the precision that a lookup gave.
func rounded(x *big.Rat) func([]*block) string {
	return func(blocks []*block) string {
		return new(big.Float).SetPrec(200).SetRat(x).Text('g', digits(blocks))
	}
}

var sum = rounded(new(big.Rat).Add(big.NewRat(1111, 1000), big.NewRat(2222, 1000)))

// decimals is the e-mail's program: a generator that prints 1.111 + 2.222 twice.
func (st *stage) decimals(title, source string, inner int) {
	st.play(title, source, func(sc *scene, caller *frame) {
		body := func(g *frame) {
			sc.line(g, "g, resumed under 2", prec, sum)
			g.yield()
			sc.line(g, "g, resumed under 1", prec, sum)
		}
		var g *frame
		caller.with(prec, 3, func() {
			g = caller.generator(func(g *frame) {
				if inner == 0 {
					body(g)
					return
				}
				g.with(prec, inner, func() { body(g) })
			})
		})
		caller.with(prec, 2, func() {
			caller.next(g)
			sc.line(caller, "its caller, under 2", prec, sum)
		})
		caller.with(prec, 1, func() {
			caller.next(g)
			sc.line(caller, "its caller, under 1", prec, sum)
		})
		said := sc.said
		sc.together("g printed", "g, resumed under 2", "g, resumed under 1")
		sc.said = said
		sc.together("its callers printed", "its caller, under 2", "its caller, under 1")
	})
}

func (st *stage) passive() {
	st.decimals("4  A generator without a block computes in the precision of whoever resumes it.", `
def gen():                   def caller():
    print(a + b)                 with precision(3): g = gen()
    yield                        with precision(2): next(g); print(a + b)
    print(a + b)                 with precision(1): next(g); print(a + b)
`, 0)
}

func (st *stage) overriding() {
	st.decimals("5  With a block of its own it computes in its own, and its callers in theirs.", `
def gen():                   def caller():
    with precision(4):           as before
        print(a + b)
        yield
        print(a + b)
`, 4)
}

// fractions is the program of PEP 550.
func (st *stage) fractions() {
	st.play("6  Two generators with a precision each, advanced in turn (PEP 550's fractions).", `
def fractions(p, x, y):      def main():
    with precision(p):           a, b = fractions(2, 1, 3), fractions(6, 2, 3)
        yield x / y              for pair in zip(a, b): print(pair)
        yield x / y**2
`, func(sc *scene, main *frame) {
		fractions := func(p int, x, y int64) *frame {
			return main.generator(func(g *frame) {
				g.with(prec, p, func() {
					sc.quiet(g, prec, rounded(big.NewRat(x, y)))
					g.yield()
					sc.quiet(g, prec, rounded(big.NewRat(x, y*y)))
					g.yield()
				})
			})
		}
		a, b := fractions(2, 1, 3), fractions(6, 2, 3)
		main.next(a)
		main.next(b)
		sc.together("first pair")
		main.next(a)
		main.next(b)
		sc.together("second pair")
		main.stop(a)
		main.stop(b)
	})
}
