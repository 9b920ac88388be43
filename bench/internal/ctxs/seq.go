package ctxs

import "github.com/strata-go/strata/bench/internal/harness"

// seqContestants are the generators of ctx/seq.
func seqContestants() []harness.Contestant { return nil }
