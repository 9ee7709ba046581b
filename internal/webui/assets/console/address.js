// Where the daemon is.

// at returns the address of something that the daemon serves. The address of the
// page may hold a user and a password, which fetch refuses to take over; the
// browser has them already.
export function at(path) { return new URL(path, location.origin + location.pathname).href; }
