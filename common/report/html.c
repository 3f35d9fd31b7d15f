/*
 * The transparency panel: the document as one HTML page that needs nothing else. No script runs in it: a policy in the
 * page itself allows its one style sheet, by hash, and nothing more, so that what a name from the data may contain stays
 * text. The JSON form is inside, as data.
 */
#include "report/formats.h"

#include "base/hash.h"
#include "report/content.h"
#include "report/doc.h"
#include "report/human.h"
#include "report/svg.h"
#include "report/xml.h"
#include "tokens.h"

#include <string.h>

#define NAME_SHORT 24  /* longest name, in code points, that is kept on one line */
#define HALF_COLUMNS 3 /* a section whose tables have no more takes half of the width */

static const char style[] = TOKENS_CSS PANEL_CSS;

/* A page under way. */
struct page {
	struct buf *out;
	const struct doc *doc;
	const struct report *report;
	bool in_section;
	int level;     /* of the section's heading */
	const char *id; /* of the section's heading */
	int charts;    /* so far */
};

static void put(struct page *p, const char *text)
{
	buf_z(p->out, text);
}

/* A text with its runs. */
static void put_text(struct page *p, const char *text)
{
	static const struct {
		const char *open, *close;
	} tags[RUNS] = {
		[RUN_PLAIN] = { "", "" },
		[RUN_NAME] = { "<bdi class=\"short\">", "</bdi>" },
		[RUN_CODE] = { "<code>", "</code>" },
		[RUN_STRONG] = { "<strong>", "</strong>" },
		[RUN_FIGURE] = { "<b>", "</b>" },
		[RUN_JOINT] = { "<i>", "</i>" },
	};
	struct doc_run run;
	while (doc_next_run(&text, &run)) {
		bool is_long = run.kind == RUN_NAME && str_codepoints(run.text) > NAME_SHORT;
		put(p, is_long ? "<bdi class=\"long\">" : tags[run.kind].open);
		xml_text(p->out, run.text);
		put(p, tags[run.kind].close);
	}
}

/* A text between two tags. */
static void put_within(struct page *p, const char *open, const char *text, const char *close)
{
	put(p, open);
	put_text(p, text);
	put(p, close);
}

/* The head. */

static void put_base64(struct buf *out, const uint8_t *v, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < n; i += 3) {
		uint32_t three = (uint32_t)v[i] << 16;
		three |= i + 1 < n ? (uint32_t)v[i + 1] << 8 : 0;
		three |= i + 2 < n ? v[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			buf_char(out, i + k <= n ? digits[three >> (18 - 6 * k) & 63] : '=');
	}
}

static void put_head(struct page *p)
{
	struct sha256 hash = sha256_of(STR(style));
	put(p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	put_base64(p->out, hash.b, sizeof hash.b);
	put(p, "'; img-src data:\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	       "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n"
	       "<link rel=\"icon\" href=\"data:,\">\n<title>");
	content_title(p->out, p->report);
	put(p, "</title>\n<style>");
	put(p, style);
	put(p, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
}

/* Tables. */

static void put_cell(struct page *p, const char *tag, const char *scope, char align, const char *text)
{
	buf_fmt(p->out, "<%s%s%s>", tag, scope, align == 'r' ? " class=\"r\"" : "");
	put_text(p, text);
	buf_fmt(p->out, "</%s>", tag);
}

static void put_rows(struct page *p, const struct doc_block *b)
{
	size_t columns = doc_columns(b);
	const char *text = doc_first(p->doc, b);
	for (size_t i = 0; i < b->n; i++, text = doc_next(text)) {
		size_t column = i % columns;
		if (column == 0)
			put(p, i == 0 ? "<thead>\n<tr>" : "<tr>");
		if (i < columns)
			put_cell(p, "th", " scope=\"col\"", b->align[column], text);
		else if (column == 0)
			put_cell(p, "th", " scope=\"row\"", b->align[column], text);
		else
			put_cell(p, "td", "", b->align[column], text);
		if (column + 1 == columns)
			put(p, i < columns ? "</tr>\n</thead>\n<tbody>\n" : "</tr>\n");
	}
}

/* A table that a narrow screen scrolls by itself, also from the keyboard. */
static void put_table(struct page *p, const struct doc_block *b, bool folded)
{
	put(p, folded ? "<details>\n<summary>Figures of the chart</summary>\n" : "");
	buf_fmt(p->out, "<div class=\"scroll\" role=\"group\" aria-labelledby=\"%s\" tabindex=\"0\">\n<table>\n", p->id);
	put_rows(p, b);
	put(p, "</tbody>\n</table>\n</div>\n");
	put(p, folded ? "</details>\n" : "");
}

/* Pairs of a term and what is said of it. */
static void put_facts(struct page *p, const struct doc_block *b)
{
	const char *text = doc_first(p->doc, b);
	put(p, "<dl class=\"facts\">\n");
	for (size_t i = 0; i < b->n; i++, text = doc_next(text))
		put_within(p, i % 2 == 0 ? "<div><dt>" : "<dd>", text, i % 2 == 0 ? "</dt>" : "</dd></div>\n");
	put(p, "</dl>\n");
}

/* A card a row; where there are several columns, each says its heading. */
static void put_numbers(struct page *p, const struct doc_block *b)
{
	size_t columns = doc_columns(b);
	const char *headings[4] = { 0 }, *text = doc_first(p->doc, b);
	put(p, "<dl class=\"numbers\">\n");
	for (size_t i = 0; i < b->n; i++, text = doc_next(text)) {
		size_t column = i % columns;
		if (i < columns) {
			headings[column] = text;
		} else if (column == 0) {
			put_within(p, "<div><dt>", text, "</dt>");
		} else {
			put(p, "<dd>");
			if (columns > 2)
				put_within(p, "<span class=\"mode\">", headings[column], "</span> ");
			put_within(p, "", text, "");
			put(p, column + 1 == columns ? "</dd></div>\n" : "</dd>");
		}
	}
	put(p, "</dl>\n");
}

static void put_chart(struct page *p, const struct doc_block *b)
{
	char id[32];
	const char *title = doc_first(p->doc, b), *description = doc_next(title);
	snprintf(id, sizeof id, "chart-%d", ++p->charts);
	put_within(p, "<figure>\n<figcaption>", title, "</figcaption>\n");
	svg_picture(p->out, "", id, title, description, doc_next(description), b->level);
	put(p, "\n</figure>\n");
}

/* Sections. */

static bool is_table(const struct doc_block *b)
{
	return b->kind == DOC_TABLE || b->kind == DOC_FACTS || b->kind == DOC_NUMBERS;
}

static bool is_last(const struct doc *d, const struct doc_block *b)
{
	return b + 1 == d->blocks + d->n;
}

/* Whether the table only repeats the chart before it, so that it is folded: not on the first page. */
static bool is_folded(const struct page *p, const struct doc_block *b)
{
	return p->level > 2 && b[-1].kind == DOC_CHART;
}

/* Whether what follows the heading needs no more than half of the page's width. */
static bool is_narrow(const struct doc *d, const struct doc_block *heading)
{
	for (const struct doc_block *b = heading; !is_last(d, b) && b[1].kind != DOC_HEADING; b++) {
		bool folded = heading->level > 2 && b->kind == DOC_CHART;
		if ((is_table(&b[1]) && doc_columns(&b[1]) > HALF_COLUMNS && !folded) || b[1].kind == DOC_QUOTE)
			return false;
	}
	return heading->level > 1;
}

/* Whether the heading is over others. */
static bool is_part(const struct doc *d, const struct doc_block *heading)
{
	const struct doc_block *b = heading;
	while (!is_last(d, b) && (++b)->kind != DOC_HEADING)
		;
	return b != heading && b->kind == DOC_HEADING && b->level > heading->level && heading->level > 1;
}

/* A part of several sections; a chart beside its table; boxes; sections as wide as what is in them. */
static const char *section_class(const struct doc *d, const struct doc_block *heading)
{
	enum doc_kind next = is_last(d, heading) ? DOC_HEADING : heading[1].kind;
	if (is_part(d, heading))
		return "part";
	if (heading->level == 2 && next == DOC_CHART)
		return "split";
	if (!is_narrow(d, heading) || next == DOC_FACTS || next == DOC_NUMBERS)
		return "whole";
	return heading->level == 2 ? "half box" : "half";
}

static void end_section(struct page *p)
{
	if (p->in_section)
		put(p, "</section>\n");
	p->in_section = false;
}

/* Links to the sections of a part. */
static void put_contents(struct page *p, const struct doc_block *part)
{
	put_within(p, "<nav aria-label=\"", doc_first(p->doc, part), "\">\n<ul>\n");
	for (const struct doc_block *b = part + 1; b < p->doc->blocks + p->doc->n; b++) {
		if (b->kind != DOC_HEADING)
			continue;
		if (b->level == 2)
			break;
		buf_fmt(p->out, "<li><a href=\"#%s\">", b->id);
		put_within(p, "", doc_first(p->doc, b), "</a></li>\n");
	}
	put(p, "</ul>\n</nav>\n");
}

static void put_heading(struct page *p, const struct doc_block *b)
{
	const char *class = section_class(p->doc, b);
	end_section(p);
	buf_fmt(p->out, "<section class=\"%s\">\n<h%d id=\"%s\">", class, b->level, b->id);
	put_text(p, doc_first(p->doc, b));
	buf_fmt(p->out, "</h%d>\n", b->level);
	p->in_section = true;
	p->level = b->level;
	p->id = b->id;
	if (strcmp(class, "part") == 0)
		put_contents(p, b);
}

/* Whether the block begins, or ends, a run of blocks of its kind. */
static bool begins(const struct doc *d, const struct doc_block *b)
{
	return b == d->blocks || b[-1].kind != b->kind;
}

static bool ends(const struct doc *d, const struct doc_block *b)
{
	return is_last(d, b) || b[1].kind != b->kind;
}

static void put_quote(struct page *p, const struct doc_block *b)
{
	put(p, begins(p->doc, b) ? "<blockquote>\n" : "");
	put_within(p, "<p>", doc_first(p->doc, b), "</p>\n");
	put(p, ends(p->doc, b) ? "</blockquote>\n" : "");
}

static void put_item(struct page *p, const struct doc_block *b)
{
	put(p, begins(p->doc, b) ? "<ul>\n" : "");
	put_within(p, "<li>", doc_first(p->doc, b), "</li>\n");
	put(p, ends(p->doc, b) ? "</ul>\n" : "");
}

static void put_banner(struct page *p, const struct doc_block *b)
{
	const char *mode = p->report->all.mode;
	bool real = mode && strcmp(mode, "DEMO") != 0;
	put_within(p, real ? "<header>\n<p class=\"banner live\">" : "<header>\n<p class=\"banner\">", doc_first(p->doc, b),
	           "</p>\n</header>\n<main id=\"main\">\n");
}

static void put_block(struct page *p, const struct doc_block *b)
{
	const char *text = doc_first(p->doc, b);
	switch (b->kind) {
	case DOC_BANNER: put_banner(p, b); break;
	case DOC_HEADING: put_heading(p, b); break;
	case DOC_TEXT: put_within(p, p->level == 1 ? "<p class=\"lead\">" : "<p>", text, "</p>\n"); break;
	case DOC_QUOTE: put_quote(p, b); break;
	case DOC_ITEM: put_item(p, b); break;
	case DOC_COMMAND: put_within(p, "<pre><code>", text, "</code></pre>\n"); break;
	case DOC_FACTS: put_facts(p, b); break;
	case DOC_NUMBERS: put_numbers(p, b); break;
	case DOC_TABLE: put_table(p, b, is_folded(p, b)); break;
	case DOC_CHART: put_chart(p, b); break;
	}
}

/* The end. */

/* JSON that no tag can end: it has '<' in strings only. */
static void put_data(struct page *p, struct str json)
{
	put(p, "<script type=\"application/json\" id=\"report\">\n");
	for (struct str head; json.p;) {
		json = str_cut(json, '<', &head);
		buf_str(p->out, head);
		put(p, json.p ? "\\u003c" : "");
	}
	put(p, "</script>\n");
}

static void put_foot(struct page *p, struct str json)
{
	char hash[SHA256_TEXT];
	struct sha256 sum = sha256_of(json);
	sha256_format(&sum, hash);
	end_section(p);
	buf_fmt(p->out, "</main>\n<footer>\n<p>Generated ");
	human_time(p->out, p->report->generated_ms);
	put(p, " by ");
	xml_text(p->out, str_of(p->report->generated_by));
	buf_fmt(p->out, ". The page holds the report's JSON form too, in the element <code>report</code>; its SHA-256 is"
	                " <code>%s</code>.</p>\n</footer>\n", hash);
	put_data(p, json);
	put(p, "</body>\n</html>\n");
}

int report_html(const struct report *r, struct buf *out, struct err *e)
{
	(void)e;
	struct buf json;
	struct doc d;
	struct page p = { .out = out, .doc = &d, .report = r };
	buf_init(&json, REPORT_BYTES_MAX);
	report_json(r, &json, NULL);
	doc_init(&d);
	report_content(r, &d);
	put_head(&p);
	for (size_t i = 0; i < d.n; i++)
		put_block(&p, &d.blocks[i]);
	put_foot(&p, buf_view(&json));
	out->failed |= !buf_ok(&json) || !buf_ok(&d.text);
	doc_free(&d);
	buf_free(&json);
	return 0;
}
