module github.com/strata-go/strata/runtimes/lua

go 1.26.0

require (
	github.com/strata-go/strata v0.0.0
	github.com/stretchr/testify v1.12.1
	github.com/yuin/gopher-lua v1.1.2
)

require (
	github.com/dolthub/maphash v0.1.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace github.com/strata-go/strata => ../..
