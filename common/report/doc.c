/* The document: one buffer of texts, one array of blocks. */
#include "report/doc.h"

#include "base/mem.h"
#include "report/names.h"

#include <stdlib.h>
#include <string.h>

#define DOC_MAX ((size_t)32 << 20)
#define NAME_POINTS 60 /* longest name shown, in code points */

/* A mark is the kind of its run; names cannot hold one, they are visible. */
#define RUN_END '\x1f'

void doc_init(struct doc *d)
{
	*d = (struct doc){ .part = "" };
	buf_init(&d->text, DOC_MAX);
}

void doc_free(struct doc *d)
{
	free(d->blocks);
	buf_free(&d->text);
}

static struct doc_block *add_block(struct doc *d, enum doc_kind kind)
{
	if (d->n == d->cap) {
		d->cap = 2 * d->cap + 64;
		d->blocks = mem_grow(d->blocks, d->cap, sizeof *d->blocks);
	}
	struct doc_block *b = &d->blocks[d->n++];
	*b = (struct doc_block){ .kind = kind };
	return b;
}

/* Ends the text before, and begins the block's next one. */
struct buf *doc_cell(struct doc *d)
{
	struct doc_block *b = &d->blocks[d->n - 1];
	if (d->text.n > 0)
		buf_char(&d->text, '\0');
	if (b->n++ == 0)
		b->first = d->text.n;
	return &d->text;
}

void doc_cell_z(struct doc *d, const char *text)
{
	buf_z(doc_cell(d), text);
}

struct buf *doc_block(struct doc *d, enum doc_kind kind)
{
	add_block(d, kind);
	return doc_cell(d);
}

void doc_text(struct doc *d, enum doc_kind kind, const char *text)
{
	buf_z(doc_block(d, kind), text);
}

/* "PHI types" becomes "demo-phi-types". */
static void name_heading(char id[48], const char *part, const char *text)
{
	size_t n = 0;
	for (const char *p = part; *p != '\0' && n < 47; p++)
		id[n++] = *p;
	for (const char *p = text; *p != '\0' && n < 47; p++) {
		bool upper = *p >= 'A' && *p <= 'Z', letter = upper || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
		if (letter)
			id[n++] = (char)(upper ? *p | 0x20 : *p);
		else if (n > 0 && id[n - 1] != '-')
			id[n++] = '-';
	}
	id[n > 0 && id[n - 1] == '-' ? n - 1 : n] = '\0';
}

void doc_heading(struct doc *d, int level, const char *text)
{
	buf_z(doc_block(d, DOC_HEADING), text);
	struct doc_block *b = &d->blocks[d->n - 1];
	b->level = level;
	name_heading(b->id, d->part, text);
}

void doc_table(struct doc *d, enum doc_kind kind, const char *align)
{
	add_block(d, kind)->align = align;
}

static void begin_run(struct buf *b, enum doc_run_kind kind)
{
	buf_char(b, (char)kind);
}

static void end_run(struct buf *b)
{
	buf_char(b, RUN_END);
}

void doc_name(struct buf *b, const char *name)
{
	if (!name) {
		buf_z(b, "not stated");
		return;
	}
	begin_run(b, RUN_NAME);
	name_visible(b, name, NAME_POINTS);
	end_run(b);
}

void doc_code(struct buf *b, const char *text)
{
	begin_run(b, RUN_CODE);
	buf_z(b, text);
	end_run(b);
}

void doc_strong(struct buf *b, const char *text)
{
	begin_run(b, RUN_STRONG);
	buf_z(b, text);
	end_run(b);
}

void doc_begin_figure(struct buf *b)
{
	begin_run(b, RUN_FIGURE);
}

void doc_end_figure(struct buf *b)
{
	end_run(b);
}

void doc_joint(struct buf *b, const char *text)
{
	begin_run(b, RUN_JOINT);
	buf_z(b, text);
	end_run(b);
}

bool doc_next_run(const char **text, struct doc_run *run)
{
	static const char marks[] = { RUN_NAME, RUN_CODE, RUN_STRONG, RUN_FIGURE, RUN_JOINT, '\0' };
	static const char end[] = { RUN_END, '\0' };
	const char *p = *text;
	if (*p == '\0')
		return false;
	run->kind = (unsigned char)*p < RUNS ? (enum doc_run_kind)*p++ : RUN_PLAIN;
	run->text = (struct str){ p, strcspn(p, run->kind == RUN_PLAIN ? marks : end) };
	p += run->text.n;
	*text = p + (*p == RUN_END);
	return true;
}

const char *doc_first(const struct doc *d, const struct doc_block *b)
{
	return buf_cstr(&d->text) + b->first;
}

const char *doc_next(const char *text)
{
	return text + strlen(text) + 1;
}

size_t doc_columns(const struct doc_block *b)
{
	return strlen(b->align);
}
