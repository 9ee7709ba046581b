// Package sampleconf holds the sample configuration file that
// echo_supervisord_conf prints.
//
// The text is a working configuration in which every option of every section
// stands once, switched off where it is not needed, with its default.
package sampleconf

import _ "embed"

//go:embed supervisord.conf
var text string

// Text returns the sample configuration.
func Text() string { return text }
