# certsvc - everything a person types; `make help` lists it.
SHELL := /bin/sh
CC ?= gcc
FLAVOUR ?= release
B := build/$(FLAVOUR)

PKGS := libcrypto libxml-2.0 sqlite3 harfbuzz harfbuzz-subset libdeflate libmicrohttpd jansson libqrencode libseccomp libpng libjpeg zbar libutf8proc libcurl zlib
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lhpdf -lm -pthread

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
  -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wcast-qual -Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference
GCC_WARN := $(if $(findstring clang,$(CC)),,-Wduplicated-cond -Wlogical-op)
WERROR ?= -Werror
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIE -ftrivial-auto-var-init=zero -fno-common -fcf-protection
LDHARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(FLAVOUR),asan)
OPT := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DCERTSVC_ASAN
else
OPT := -O2 -g -D_FORTIFY_SOURCE=3
endif
CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -I. -I$(B)/gen $(PKG_CFLAGS) $(OPT) $(WARN) $(GCC_WARN) $(WERROR) $(HARDEN) $(CFLAGS)
$(B)/crypto/%.o $(B)/keys/%.o: CFLAGS_ALL += -Wconversion -Wno-sign-conversion

ROOMS := crypto/base crypto keys certsvc certsvc/format certsvc/store api
SRC := $(sort $(wildcard $(addsuffix /*.c,$(ROOMS))))
LIBSRC := $(filter-out api/main.c,$(SRC))
LIBOBJ := $(LIBSRC:%.c=$(B)/%.o)
UNITSRC := $(sort $(wildcard tests/unit/*_test.c))
UNITS := $(UNITSRC:%.c=$(B)/%)

all: build/certsvc ## build the program
build/certsvc: $(B)/certsvc
	@cp -f $< $@.new && mv -f $@.new $@
$(B)/certsvc: $(B)/api/main.o $(B)/libcertsvc.a
	@echo "  LD $@"
	@$(CC) $(OPT) $(LDHARDEN) -o $@ $^ $(PKG_LIBS)
$(B)/libcertsvc.a: $(LIBOBJ)
	@rm -f $@; ar rcs $@ $^
$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libcertsvc.a
	@echo "  LD $@"
	@$(CC) $(OPT) $(LDHARDEN) -o $@ $^ -lcmocka $(PKG_LIBS)
-include $(SRC:%.c=$(B)/%.d) $(UNITSRC:%.c=$(B)/%.d)

unit: $(UNITS) ## unit tests only
	@for t in $(UNITS); do echo "== $$t"; ./$$t || exit 1; done
clean: ## remove build/
	rm -rf build
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16
.PHONY: all unit clean help
.SECONDARY:
