package ctxs

// againstCarriers lists ctx of another revision of this repository. There is
// none in the working tree: see againstPeers of package maps.
func againstCarriers() []Carrier { return nil }
