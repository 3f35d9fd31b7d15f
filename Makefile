# ros-insights: small tools (cmd/) over one library (common/).
#   make [PROFILE=release|debug|asan|cov]   builds build/PROFILE/bin/ros-*
#   make unit        builds the unit tests and fuzz drivers
#   make check       everything that scripts/check runs; make bench: the benchmarks; make fault: every crash point and long runs
#   make install PREFIX=/usr/local DESTDIR=
#   make dist        sources, parts list (CycloneDX) and sums in build/dist
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all unit check bench eval-phi fault fault-needs install uninstall dist clean

VERSION := 0.1.0
PROFILE ?= release
PREFIX ?= /usr/local
B := build/$(PROFILE)

Q := $(if $(V),,@)# make V=1 shows the commands

PACKAGES := sqlite3 hiredis libcjson libssl libcrypto libpcre2-8 zlib libseccomp
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES))
ifneq ($(.SHELLSTATUS),0)
$(error pkg-config did not find one of: $(PACKAGES); on Debian: scripts/install-packages)
endif
PDF_PACKAGES := pangocairo librsvg-2.0 libqpdf# of ros-report alone
PDF_CFLAGS := $(shell pkg-config --cflags $(PDF_PACKAGES))
ifneq ($(.SHELLSTATUS),0)
$(error pkg-config did not find one of: $(PDF_PACKAGES); on Debian: scripts/install-packages)
endif
HTTP_PACKAGES := libmicrohttpd# of ros-health alone
HTTP_CFLAGS := $(shell pkg-config --cflags $(HTTP_PACKAGES))
ifneq ($(.SHELLSTATUS),0)
$(error pkg-config did not find one of: $(HTTP_PACKAGES); on Debian: scripts/install-packages)
endif
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES)) -lcsv -lm

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wundef -Wvla -Wwrite-strings -Wformat=2 -Wno-overlength-strings $(if $(WERROR),-Werror)
MACHINE := $(shell $(CC) -dumpmachine)
CONTROL_FLOW := $(if $(filter x86_64-%,$(MACHINE)),-fcf-protection)$(if $(filter aarch64-%,$(MACHINE)),-mbranch-protection=standard)
HARDEN := -fPIE -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=3 $(CONTROL_FLOW)
INSTRUMENTED := -DROS_INSTRUMENTED='"$(CURDIR)/build"'
OPT_release := -O2 -flto=auto -g $(HARDEN)
OPT_debug := -O0 -g
OPT_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer $(INSTRUMENTED)
OPT_cov := -O0 -g --coverage $(INSTRUMENTED)
LD_release := -O2 -flto=auto -ffile-prefix-map=$(CURDIR)=. $(HARDEN) -pie -Wl,-z,relro,-z,now,-z,noexecstack
LD_asan := -fsanitize=address,undefined
LD_cov := --coverage

CFLAGS_ALL = -std=c17 -D_GNU_SOURCE -DROS_VERSION_TEXT='"$(VERSION)"' -Icommon -I$(B)/gen $(BEFORE_BAN) -include base/ban.h \
	-ffile-prefix-map=$(CURDIR)=. $(WARN) $(OPT_$(PROFILE)) $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL = $(LD_$(PROFILE)) $(LDFLAGS)

LIB_SRC := $(sort $(wildcard common/*/*.c))
TOOLS := $(sort $(patsubst cmd/%.c,%,$(wildcard cmd/ros-*.c)))
UNIT := $(sort $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c)))
FUZZ := $(sort $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
BENCH := $(sort $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/*.c)))
FAULT := $(shell find tests/fault -maxdepth 1 -type f -perm -u+x | sort)
SCHEMAS := $(sort $(wildcard schemas/*_event.schema.json))
PHI_TABLES := $(sort $(wildcard schemas/phi-*.txt))
MIGRATIONS := $(sort $(wildcard migrations/*.sql))

GEN := $(B)/gen/event_tables.h $(B)/gen/tokens.h
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(B)/gen/event_tables.o $(B)/gen/migrations.o $(B)/gen/phi_lex.o $(B)/gen/phi_digest.o $(B)/gen/report_data.o $(B)/gen/vulnerabilities.o \
	$(B)/gen/lit_data.o

all: $(TOOLS:%=$(B)/bin/%)
unit: $(UNIT:%=$(B)/unit/%) $(FUZZ:%=$(B)/fuzz/%)

# Changed flags rebuild everything: the stamp is renewed only when its text changes.
FLAGS := $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS_TEXT" | cmp -s - $@ || printf '%s\n' "$$FLAGS_TEXT" > $@
export FLAGS_TEXT := $(FLAGS)
.PHONY: FORCE
FORCE:

# Generators run on the building machine, without sanitizers or coverage.
$(B)/gen/schema2c: scripts/schema2c.c $(B)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -Icommon $(WARN) -O1 $(PKG_CFLAGS) -o $@ $< $(shell pkg-config --libs libcjson)
$(B)/gen/event_tables.h: $(B)/gen/schema2c $(SCHEMAS)
	$(if $(V),,@echo "GEN $@")
	$(Q)$(B)/gen/schema2c $(B)/gen/event_tables $(SCHEMAS)
$(B)/gen/event_tables.c: $(B)/gen/event_tables.h
$(B)/gen/tokens2c: scripts/tokens2c.c $(B)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O1 -o $@ $< $(shell pkg-config --libs libcjson)
$(B)/gen/tokens.h: $(B)/gen/tokens2c schemas/tokens.json common/report/panel.css
	$(if $(V),,@echo "GEN $@")
	$(Q)$(B)/gen/tokens2c schemas/tokens.json common/report/panel.css > $@
$(B)/gen/migrations.c: scripts/embed-migrations $(MIGRATIONS)
	@mkdir -p $(@D)
	$(if $(V),,@echo "GEN $@")
	$(Q)scripts/embed-migrations $(MIGRATIONS) > $@

$(B)/gen/report_data.c: scripts/embed-text schemas/report-rules.json schemas/report-crosswalk.json
	@mkdir -p $(@D)
	$(if $(V),,@echo "GEN $@")
	$(Q)scripts/embed-text report/data.h report_rules_text=schemas/report-rules.json \
		report_crosswalk_text=schemas/report-crosswalk.json > $@
$(B)/gen/vulnerabilities.c: scripts/embed-text schemas/redis-vulnerabilities.json
	@mkdir -p $(@D)
	$(if $(V),,@echo "GEN $@")
	$(Q)scripts/embed-text posture/vulnerable.h redis_vulnerabilities_text=schemas/redis-vulnerabilities.json > $@
$(B)/gen/lit_data.c: scripts/embed-text schemas/lit_schema.json common/lit/demo.py common/lit/README.md common/lit/requirements.txt
	@mkdir -p $(@D)
	$(if $(V),,@echo "GEN $@")
	$(Q)scripts/embed-text lit/data.h lit_schema_text=schemas/lit_schema.json lit_demo_text=common/lit/demo.py \
		lit_readme_text=common/lit/README.md lit_requirements_text=common/lit/requirements.txt > $@
$(B)/gen/rules2c: scripts/rules2c.c common/phi/rules.h common/phi/word.h $(B)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -Icommon $(WARN) -O1 $(PKG_CFLAGS) -o $@ $< $(shell pkg-config --libs libcjson)
$(B)/gen/phi_lex.re: $(B)/gen/rules2c schemas/phi-rules.json $(PHI_TABLES)
	$(if $(V),,@echo "GEN $@")
	$(Q)$(B)/gen/rules2c schemas/phi-rules.json $(PHI_TABLES) > $@
$(B)/gen/phi_lex.c: $(B)/gen/phi_lex.re
	$(if $(V),,@echo "GEN $@")
	$(Q)re2c -i -b -W -o $@ $<
$(B)/gen/phi_digest.c: schemas/phi-rules.json $(PHI_TABLES)
	@mkdir -p $(@D)
	$(if $(V),,@echo "GEN $@")
	$(Q)printf '/* Generated: of the rules and their tables. */\n#include "phi/guard.h"\n\nconst char phi_rules_digest[] = "sha256:%s";\n' \
		"$$(cat $^ | sha256sum | cut -c 1-64)" > $@

$(B)/%.o: %.c $(B)/flags | $(GEN)
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/gen/%.o: $(B)/gen/%.c $(B)/flags | $(GEN)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/libros.a: $(LIB_OBJ)
	@rm -f $@
	$(if $(V),,@echo "AR $@")
	$(Q)$(AR) rcsD $@ $^
$(B)/bin/%: $(B)/cmd/%.o $(B)/libros.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libros.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libros.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)
$(B)/bench/%: $(B)/tests/bench/%.o $(B)/libros.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)
$(B)/fault/%.so: tests/fault/%.c $(B)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "CC $@")
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O1 -fPIC -shared -o $@ $<
.SECONDARY:

$(B)/common/report/pdf%.o: PKG_CFLAGS += $(PDF_CFLAGS)
$(B)/common/report/pdf_press.o: BEFORE_BAN := -include librsvg/rsvg.h# GLib's headers name what is banned
$(B)/bin/ros-report $(B)/unit/report: PKG_LIBS += $(shell pkg-config --libs $(PDF_PACKAGES))
$(B)/common/health/serve.o: PKG_CFLAGS += $(HTTP_CFLAGS)
$(B)/bin/ros-health: PKG_LIBS += $(shell pkg-config --libs $(HTTP_PACKAGES))

-include $(LIB_OBJ:.o=.d) $(TOOLS:%=$(B)/cmd/%.d) $(UNIT:%=$(B)/tests/unit/%.d) $(FUZZ:%=$(B)/tests/fuzz/%.d) \
	$(BENCH:%=$(B)/tests/bench/%.d)

check:
	scripts/check
bench: all $(BENCH:%=$(B)/bench/%)
	tests/bench/run
	tests/bench/latency
	tests/bench/report
# Scores ros-scan: make eval-phi CORPUS=DIR with files of JSON lines.
eval-phi: all
	tests/bench/eval-phi $(CORPUS)/*.jsonl
fault-needs: all $(B)/fault/failalloc.so $(B)/fault/plans.so $(BENCH:%=$(B)/bench/%)
fault: fault-needs
	status=0; for t in $(FAULT); do echo "# $$t"; $$t --all || status=1; done; exit $$status

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 \
		$(DESTDIR)$(PREFIX)/share/man/man7 $(DESTDIR)$(PREFIX)/share/ros/schemas $(DESTDIR)$(PREFIX)/share/ros/examples $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $(TOOLS:%=$(B)/bin/%) $(DESTDIR)$(PREFIX)/bin
	for p in man/*.[157]; do gzip -n9 < $$p > $(DESTDIR)$(PREFIX)/share/man/man$${p##*.}/$${p##*/}.gz || exit; done
	cd examples && find . -type f -exec sh -c 'for f; do install -D -m "$$([ -x "$$f" ] && echo 755 || echo 644)" "$$f" "$$0/$$f" || exit; done' \
		$(abspath $(DESTDIR)$(PREFIX))/share/ros/examples {} +
	sed -i 's|/usr/local|$(PREFIX)|g' $(DESTDIR)$(PREFIX)/share/ros/examples/crontab $(DESTDIR)$(PREFIX)/share/ros/examples/systemd/ros-*.service \
		$(DESTDIR)$(PREFIX)/share/ros/examples/systemd/ros-.service.d/*
	install -m 644 schemas/*.json $(DESTDIR)$(PREFIX)/share/ros/schemas
	for t in $(TOOLS); do $(B)/bin/$$t --completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t || exit; done

uninstall:
	for t in $(TOOLS); do rm -f $(DESTDIR)$(PREFIX)/bin/$$t $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t; done
	for p in man/*.[157]; do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${p##*.}/$${p##*/}.gz; done
	rm -rf $(DESTDIR)$(PREFIX)/share/ros

# Every clone gives the same bytes: the sources and the time are the commit's.
DIST := build/dist/ros-insights-$(VERSION)
dist: all
	git diff --quiet HEAD || { echo 'dist: there are changes that are not committed' >&2; exit 1; }
	mkdir -p build/dist
	git archive -9 --prefix=ros-insights-$(VERSION)/ -o $(DIST).tar.gz HEAD
	scripts/sbom $(VERSION) $$(git log -1 --format=%ct) $(TOOLS:%=$(B)/bin/%) > $(DIST).cdx.json
	cd build/dist && sha256sum ros-insights-$(VERSION).tar.gz ros-insights-$(VERSION).cdx.json > ros-insights-$(VERSION).sha256

clean:
	rm -rf build
