module github.com/strata-go/strata/fuzz/linearizability

go 1.26.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/strata-go/strata v0.0.0
)

require github.com/dolthub/maphash v0.1.0 // indirect

replace github.com/strata-go/strata => ../..
