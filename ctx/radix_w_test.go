package ctx

import "context"

type radixKey int

var radixBase = context.WithValue(context.Background(), radixKey(0), 1000)

func withValue(i int) context.Context { return context.WithValue(radixBase, radixKey(0), i) }
