// Supervisord starts programs as its children, keeps them up, and is
// controlled by supervisorctl. See supervisord(8).
package main

import (
	"os"

	"supervisor/internal/daemon"
	"supervisor/internal/keeper"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisord"
)

func main() {
	spawn.StageMain()
	keeper.ProcessMain()
	daemon.RestoreNOFILE()
	os.Exit(supervisord.Run(os.Args, os.Stdout, os.Stderr))
}
