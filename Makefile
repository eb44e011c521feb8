# certsvc - everything a person types; `make help` lists it.
SHELL := /bin/sh
ifeq ($(origin CC),default)
CC := $(if $(filter fuzz,$(FLAVOUR)),clang,gcc)
endif
CLANG := $(findstring clang,$(CC))
FLAVOUR ?= $(if $(CLANG),clang,release)
B := build/$(FLAVOUR)
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
KILLS ?= 1000
SEALS ?= 6477
OFFICES ?= 50

PKGS := libcrypto libxml-2.0 sqlite3 harfbuzz harfbuzz-subset libdeflate libmicrohttpd jansson libqrencode libseccomp libpng libjpeg zbar libutf8proc libcurl zlib
PKG_OK := $(shell pkg-config --exists $(PKGS) 2>/dev/null && echo yes)
# -isystem, because -Wcast-qual fails inside libxml2's own headers.
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lhpdf -lm -pthread

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
  -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wcast-qual -Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference
ifdef CLANG
# clang 14 wants to be told that it may zero what a function forgot to set, and
# blames us for the cast inside libxml2's BAD_CAST (gcc checks our own casts).
CC_FLAGS := -Wno-cast-qual -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang -Wno-unused-command-line-argument
else
CC_FLAGS := -Wduplicated-cond -Wlogical-op
endif
WERROR ?= -Werror
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIE -ftrivial-auto-var-init=zero -fno-common -fcf-protection
LDHARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DCERTSVC_ASAN
ifeq ($(FLAVOUR),asan)
OPT := -O1 -g $(SANITIZE)
else ifeq ($(FLAVOUR),fuzz)
OPT := -O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link
else
OPT := -O2 -g -D_FORTIFY_SOURCE=3
endif
CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -I. -I$(B)/gen $(PKG_CFLAGS) $(OPT) $(WARN) $(CC_FLAGS) $(WERROR) $(HARDEN) $(CFLAGS)
WCONVERSION := -Wconversion -Wno-sign-conversion
$(B)/crypto/%.o $(B)/keys/%.o: CFLAGS_ALL += $(WCONVERSION)

ROOMS := crypto/base crypto keys certsvc/print certsvc certsvc/format certsvc/store api
SRC := $(sort $(wildcard $(addsuffix /*.c,$(ROOMS))))
LIBSRC := $(filter-out api/main.c,$(SRC))
LIBOBJ := $(LIBSRC:%.c=$(B)/%.o)
UNITSRC := $(sort $(wildcard tests/unit/*_test.c))
UNITS := $(UNITSRC:%.c=$(B)/%)
FUZZSRC := $(sort $(wildcard tests/fuzz/*_fuzz.c))
REPLAYS := $(FUZZSRC:tests/fuzz/%.c=$(B)/tests/replay/%)
FUZZERS := $(FUZZSRC:%.c=$(B)/%)
BENCHSRC := $(sort $(wildcard tests/bench/*_bench.c))
BENCHES := $(BENCHSRC:%.c=$(B)/%)
OBJECTSRC := tests/conformance/seal_objects.c
OBJECTS := $(OBJECTSRC:%.c=$(B)/%)

all: build/certsvc compile_commands.json ## build the program (build/certsvc)
build/certsvc: $(B)/program
	@cp -f $< $@.new && mv -f $@.new $@
$(B)/program: $(B)/api/main.o $(B)/libcertsvc.a
	@echo "  LD $@"
	@$(CC) $(OPT) $(LDHARDEN) -o $@ $^ $(PKG_LIBS)
$(B)/libcertsvc.a: $(LIBOBJ)
	@rm -f $@; ar rcs $@ $^
$(B)/%.o: %.c Makefile | $(if $(PKG_OK),,missing)
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
# The assembler takes these files into the program (api/assets.c).
$(B)/api/assets.o: $(wildcard api/pages/*) api/openapi.json
$(B)/api/init.o: api/demo.json
$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libcertsvc.a
	@echo "  LD $@"
	@$(CC) $(OPT) $(LDHARDEN) -o $@ $^ -lcmocka $(PKG_LIBS)
$(B)/tests/replay/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay.o $(B)/libcertsvc.a
	@mkdir -p $(@D)
	@$(CC) $(OPT) $(LDHARDEN) -o $@ $^ $(PKG_LIBS)
$(B)/tests/fuzz/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(B)/libcertsvc.a
	@$(CC) $(OPT) -fsanitize=fuzzer -pie -o $@ $^ $(PKG_LIBS)
$(B)/tests/conformance/%: $(B)/tests/conformance/%.o $(B)/libcertsvc.a
	@$(CC) $(OPT) $(LDHARDEN) -o $@ $^ $(PKG_LIBS)
$(B)/tests/bench/%: $(B)/tests/bench/%.o $(B)/libcertsvc.a
	@$(CC) $(OPT) $(LDHARDEN) -o $@ $^ -lcmocka $(PKG_LIBS)
-include $(SRC:%.c=$(B)/%.d) $(UNITSRC:%.c=$(B)/%.d) $(FUZZSRC:%.c=$(B)/%.d) $(BENCHSRC:%.c=$(B)/%.d) $(OBJECTSRC:%.c=$(B)/%.d)

compile_commands.json: Makefile $(SRC) $(UNITSRC) $(FUZZSRC)
	@{ printf '[\n'; sep=; for f in $(SRC) $(UNITSRC) $(FUZZSRC); do \
	  printf '%b{"directory":"%s","file":"%s","command":"%s -c %s"}' "$$sep" "$(CURDIR)" "$$f" "$(strip $(CC) $(CFLAGS_ALL))" "$$f"; \
	  sep=',\n'; done; printf '\n]\n'; } >$@

missing:
	@packages/install --check build || exit 1; echo "pkg-config does not find: $(PKGS)"; exit 1
packages: ## install every Debian package that building, running and testing need
	@packages/install build test lint
run: ## build, make a demo, serve it on http://127.0.0.1:8080
	@packages/install build
	@$(MAKE) --no-print-directory all
	@build/certsvc demo -d build/demo
demo: ## as run, but stop once every sample certificate is issued and verified
	@packages/install build
	@$(MAKE) --no-print-directory all
	@build/certsvc demo -d build/demo --exit

unit: $(UNITS) ## unit tests only
	@for t in $(UNITS); do echo "== $$t"; ./$$t || exit 1; done
replay: $(REPLAYS)
tests: $(UNITS) $(REPLAYS) $(OBJECTS)
test: ## every test; the last line is `N passed, N failed`
	@packages/install build test
	@$(MAKE) --no-print-directory all tests
	@tests/run
asan: ## unit tests and fuzz corpora under address and undefined-behaviour sanitizers
	@packages/install build test
	@$(MAKE) --no-print-directory FLAVOUR=asan tests
	@tests/run --flavour asan unit corpus
valgrind: $(UNITS) ## unit tests under valgrind (TESTS="name ..." for some)
	@packages/install lint
	@.ci/valgrind $(B) $(TESTS)
fault: ## kills (KILLS=1000), full disks, damage, SEALS=6477 from one table, OFFICES=50 at once: the long form
	@packages/install build test
	@$(MAKE) --no-print-directory all
	@tests/run --kills $(KILLS) --seals $(SEALS) --offices $(OFFICES) fault
fuzz: ## clang libFuzzer, FUZZ_SECONDS (60) for each target
	@packages/install build lint
	@$(MAKE) --no-print-directory FLAVOUR=fuzz fuzzers
	@tests/fuzz/run $(FUZZ_SECONDS)
fuzzers: $(FUZZERS)
benches: $(BENCHES)
bench: ## measure; writes build/bench.json
	@packages/install build test
	@$(MAKE) --no-print-directory all benches
	@tests/bench/run
interop: ## strangers' libraries read what we made
	@packages/install build test interop
	@$(MAKE) --no-print-directory all
	@tests/interop/run
pictures: ## draw the samples again into docs/pictures
	@packages/install build test
	@$(MAKE) --no-print-directory all
	@tests/pictures
lint: ## layers, headers, sizes, format, banned calls, analyzers
	@packages/install build lint
	@.ci/lint
flags:
	@echo '$(CFLAGS_ALL)'

install: all ## install under PREFIX (/usr/local), below DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/certsvc $(DESTDIR)$(PREFIX)/share/doc/certsvc
	install -m 755 build/certsvc $(DESTDIR)$(PREFIX)/bin/certsvc
	cp -R templates $(DESTDIR)$(PREFIX)/share/certsvc/
	cp -R README.md LICENSE docs $(DESTDIR)$(PREFIX)/share/doc/certsvc/
uninstall: ## remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/certsvc $(DESTDIR)$(PREFIX)/share/certsvc $(DESTDIR)$(PREFIX)/share/doc/certsvc
clean: ## remove build/
	rm -rf build compile_commands.json
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12
.PHONY: all missing packages run demo unit replay tests test asan valgrind fault fuzz fuzzers benches bench interop pictures \
  lint flags install uninstall clean help
.SECONDARY:
