module github.com/strata-go/strata

go 1.26.0

require (
	github.com/dolthub/maphash v0.1.0
	github.com/google/gofuzz v1.2.0
	github.com/stretchr/testify v1.12.1
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect
