// Package logfile owns log files: writing, rotation, reading and following.
package logfile
