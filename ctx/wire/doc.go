// Package wire sends chosen context variables across process boundaries.
//
//	func init() {
//		wire.Register(User, "user", wire.String, 10)
//		wire.Register(Deadline, "deadline", wire.Remaining, 20)
//	}
//
//	wire.Inject(st.Snapshot(), request.Header)                   // the caller
//	in := wire.Extract(request.Header, "user", "deadline")       // the callee
//	st := in.Into(ctx.FromContext(request.Context())).NewState()
//
// # Picture
//
//	process A                        carrier                       process B
//	{User: "ann",      Encode   user=ann            Decode    {User: "ann",
//	 Token: "s3cret",  ──────▶  vendor=x%20y        ──────▶    unknown: vendor=x%20y}
//	 Debug: true}               sorted, ≤ 64 members  allow        │
//	 not registered: stays      and ≤ 8192 bytes      user         ▼ forwarded by
//	                                                               the next Encode
//
// A carrier is a list of Pairs: names and percent-encoded values, as in a W3C
// baggage header, which Header and Parse write and read. Inject and Extract do
// both for HTTP; other transports take the Pairs.
//
// # Promises
//
// Outbound: only registered variables that are set are sent, never defaults.
// Registering a redacted variable panics unless AllowSecret says that it is
// meant. The carrier stays within MaxMembers, MaxBytes and MaxMember as a
// whole, with the members that others put there; what does not fit is dropped
// by priority, then name, and reported. The result is sorted by name and depends
// on nothing else.
//
// Inbound: only allowed names become values. Names that nobody registered here
// are kept and forwarded; registered ones are not, so a value that was deleted
// here, or not allowed in, does not come back. Input beyond the limits is not
// looked at. Whatever arrives, Decode does not panic, stores at most MaxBytes,
// and records at most MaxErrors errors, none with a value in it.
//
// Encode and Decode are safe for any number of goroutines, also while variables
// are registered. Cost: O(registered variables) and O(MaxBytes).
package wire
