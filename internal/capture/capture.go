// Package capture holds the filters that a child's output runs through before
// it is logged: StripANSI, which removes control sequences, and Filter, which
// takes out the messages between communication tokens (logging.md, sections 4
// and 5).
//
// It is pure: bytes come in, bytes come out in the same order, nothing is read,
// written or started. However a stream is cut into chunks, a Filter finds the
// same messages and the same ordinary data around them.
//
// What a Filter promises beyond the reference, and where it differs:
//   - It holds back only bytes that are the beginning of a token, and releases
//     them at the end of the stream. Nothing is lost.
//   - A captured message appears in Comm only. It is neither logged nor, unlike
//     in the reference but as its manual says, sent as PROCESS_LOG event.
//   - The limit keeps the last bytes of a message and exactly as many as it
//     says, whether they came in one piece or in many.
//   - StripANSI is not applied here; a caller that strips should strip what Log
//     and Comm receive, so that tokens are sought in what the child wrote.
package capture
