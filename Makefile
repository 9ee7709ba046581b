# Everything that is done with this project by hand or by a machine.
#
# Building and the demo need Go, make and a POSIX shell, nothing else.

GO       = go
PORT     =
MISTAKES =
FUZZTIME = 10s
PREFIX   = /usr/local
DESTDIR  =

completion  = internal/supervisorctl/completion/supervisorctl
completions = bash-completion/completions zsh/site-functions fish/vendor_completions.d

commands = supervisord supervisorctl pidproxy echo_supervisord_conf

build: ## build the four commands into bin/
	mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -tags nethttpomithttp2 -ldflags='-s -w' -o bin/ $(commands:%=./cmd/%)

$(commands:%=bin/%):
	$(MAKE) build

test: ## install what the tests compare with, then check and test everything
	sh test/setup
	sh test/run

demo: build ## start a supervisord with a few programs to play with
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/demo/ ./examples/demo/site ./examples/demo/journal
	sh examples/demo/start $(PORT)

demo-stop: ## stop it again
	sh examples/demo/stop

checklist: ## print the behaviours that no test carries
	@$(GO) run ./test/checklist

mutants: ## plant mistakes and see that the comparison with Supervisor notices
	@$(GO) run ./test/mutants $(MISTAKES)

portability: ## build and vet for every platform
	sh test/platforms vet

audit: ## look for what is often a hole
	sh test/static audit

fuzz: ## run every fuzz target for FUZZTIME
	sh test/fuzz $(FUZZTIME)

# The tests whose long form takes minutes, and chaos=PACKAGE for one of them.
chaos = ./test/chaos ./test/adoption ./test/upgrade

chaos: ## break things around a running daemon, for an hour
	CHAOS=long $(GO) test -race -count=1 -timeout 2h -v $(chaos)

bench: build ## measure it beside Supervisor and others, and note the figures in docs/performance.md
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/bench ./bench
	bin/bench -o docs/performance.md

microbench: ## run the benchmarks of the packages
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Not "build": root may have no Go, and should leave nothing of its own here.
install: $(commands:%=bin/%) ## install what was built, manual pages and completion, below PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 755 $(commands:%=bin/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 docs/man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -d $(completions:%=$(DESTDIR)$(PREFIX)/share/%)
	install -m 644 $(completion).bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/supervisorctl
	install -m 644 $(completion).zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_supervisorctl
	install -m 644 $(completion).fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/supervisorctl.fish

clean: demo-stop ## remove what was built, and stop and remove the demo
	rm -rf bin .demo

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

.PHONY: build test demo demo-stop checklist mutants portability audit fuzz chaos bench microbench install clean help
