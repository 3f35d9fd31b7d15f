/* The document as Markdown (GFM). Charts have none: the table behind each says the same. */
#include "report/formats.h"

#include "report/content.h"
#include "report/doc.h"
#include "report/md.h"

#include <string.h>

static void put_text(struct buf *out, const char *text)
{
	struct doc_run run;
	while (doc_next_run(&text, &run))
		switch (run.kind) {
		case RUN_NAME:
		case RUN_CODE: md_code(out, run.text); break;
		case RUN_STRONG: buf_fmt(out, "**%.*s**", STR_ARG(run.text)); break;
		default: buf_str(out, run.text);
		}
}

static void put_table(struct buf *out, const struct doc *d, const struct doc_block *b)
{
	struct md_table t;
	const char *text = doc_first(d, b);
	md_table_begin(&t, b->align);
	for (size_t i = 0; i < b->n; i++, text = doc_next(text))
		put_text(md_cell(&t), text);
	md_table_end(&t, out);
}

/* What stands before the text of a block of the kind. */
static const char *const openings[] = {
	[DOC_BANNER] = "> ", [DOC_TEXT] = "", [DOC_QUOTE] = "> ", [DOC_ITEM] = "- ", [DOC_COMMAND] = "    ",
};

static void put_block(struct buf *out, const struct doc *d, const struct doc_block *b)
{
	switch (b->kind) {
	case DOC_FACTS:
	case DOC_NUMBERS:
	case DOC_TABLE: put_table(out, d, b); return;
	case DOC_HEADING: buf_fmt(out, "%.*s %s\n", b->level, "###", doc_first(d, b)); return;
	default: break;
	}
	buf_z(out, openings[b->kind]);
	put_text(out, doc_first(d, b));
	buf_char(out, '\n');
}

/* Between two blocks: nothing in a list, and what keeps two quotes one. */
static void separate(struct buf *out, const struct doc_block *before, const struct doc_block *b)
{
	if (before->kind == DOC_QUOTE && b->kind == DOC_QUOTE)
		buf_z(out, ">\n");
	else if (before->kind != DOC_ITEM || b->kind != DOC_ITEM)
		buf_char(out, '\n');
}

int report_markdown(const struct report *r, struct buf *out, struct err *e)
{
	(void)e;
	const struct doc_block *before = NULL;
	struct doc d;
	doc_init(&d);
	report_content(r, &d);
	for (size_t i = 0; i < d.n; i++) {
		const struct doc_block *b = &d.blocks[i];
		if (b->kind == DOC_CHART)
			continue;
		if (before)
			separate(out, before, b);
		put_block(out, &d, b);
		before = b;
	}
	doc_free(&d);
	return 0;
}
