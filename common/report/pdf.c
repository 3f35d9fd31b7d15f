/*
 * The document on paper: A4 pages that say on each what they are and how to handle them, with tags for those who listen,
 * an outline, and the JSON form attached. The same fonts installed, the same bytes.
 */
#include "report/formats.h"

#include "base/hash.h"
#include "base/timefmt.h"
#include "report/content.h"
#include "report/doc.h"
#include "report/human.h"
#include "report/pdf_finish.h"
#include "report/pdf_press.h"
#include "report/svg.h"
#include "report/xml.h"
#include "tokens.h"

#include <string.h>

#define TEXT_MAX ((size_t)1 << 20)
#define COLUMNS_MAX 16
#define COLUMN_GAP 8
#define COLUMN_MIN 48
#define ROWS_TOGETHER 12 /* a table with fewer rows is kept on a page */
#define ROW_GAP 3.5
#define ROW_HEIGHT (1.2 * TOKEN_PRINT_SMALL + ROW_GAP + 0.5)
#define CARDS 3       /* in a row */
#define CARD_GAP 4
#define CARD_INSET 6
#define CARD_WIDTH ((press_width() + CARD_GAP) / CARDS)
#define CARD_LINE (1.2 * TOKEN_PRINT_SMALL)
#define CARD_FIGURE (1.25 * TOKEN_PRINT_FIGURE + CARD_LINE) /* and what is said of it */
#define LABEL_WIDTH 130 /* of a fact's name */
#define CHART_SCALE (TOKEN_PRINT_CHART / TOKEN_SIZE_CHART)

static const struct press_style body = { TOKEN_PRINT_BODY, false, TOKEN_LIGHT_INK };
static const struct press_style table_text = { TOKEN_PRINT_SMALL, false, TOKEN_LIGHT_INK };
static const struct press_style table_head = { TOKEN_PRINT_SMALL, true, TOKEN_LIGHT_MUTED };
static const struct press_style figure = { TOKEN_PRINT_FIGURE, true, TOKEN_LIGHT_INK };
static const struct press_style caption = { TOKEN_PRINT_SMALL, false, TOKEN_LIGHT_MUTED };

/* What librsvg is told of the classes in svg.c: it knows no variables. */
static const char chart_css[] =
	"text { font-family: " TOKEN_PRINT_TEXT "; font-size: 13px; fill: " TOKEN_LIGHT_INK "; }"
	".value { text-anchor: end; fill: " TOKEN_LIGHT_MUTED "; }"
	".track { fill: " TOKEN_LIGHT_TRACK "; } .rule { fill: " TOKEN_LIGHT_LINE "; } .strong { fill: " TOKEN_LIGHT_MUTED "; }"
	".unknown { fill: none; stroke: " TOKEN_LIGHT_MUTED "; stroke-dasharray: 2 4; }"
	".s1 { fill: " TOKEN_LIGHT_S1 "; } .s2 { fill: " TOKEN_LIGHT_S2 "; } .s3 { fill: " TOKEN_LIGHT_S3 "; }"
	".s4 { fill: " TOKEN_LIGHT_S4 "; } .s5 { fill: " TOKEN_LIGHT_S5 "; }"
	".dot { stroke: " TOKEN_LIGHT_PAPER "; stroke-width: 2; }";

struct paper {
	struct press *press;
	const struct doc *doc;
	struct buf *figures; /* their texts, each ending with NUL */
};

/* Hebrew, Arabic and their neighbours: a letter from U+0590 to U+08FF begins with a byte of D6 to E0. */
static bool turns(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0xd6 && (unsigned char)text.p[i] <= 0xe0)
			return true;
	return false;
}

/* A text as Pango's markup. Isolates (U+2068, U+2069) keep the direction of a name within the name. */
static void add_markup(struct buf *out, const char *text)
{
	static const struct {
		const char *open, *close;
	} tags[RUNS] = {
		[RUN_PLAIN] = { "", "" },
		[RUN_NAME] = { "<span insert_hyphens=\"no\">", "</span>" },
		[RUN_CODE] = { "<span insert_hyphens=\"no\" size=\"75%\" font_family=\"" TOKEN_PRINT_CODE "\">", "</span>" },
		[RUN_STRONG] = { "<b>", "</b>" },
		[RUN_FIGURE] = { "", "" },
		[RUN_JOINT] = { "", "" },
	};
	struct doc_run run;
	while (doc_next_run(&text, &run)) {
		bool isolate = run.kind == RUN_NAME && turns(run.text);
		buf_z(out, tags[run.kind].open);
		buf_z(out, isolate ? "\u2068" : "");
		xml_text(out, run.text);
		buf_z(out, isolate ? "\u2069" : "");
		buf_z(out, tags[run.kind].close);
	}
}

/* A text over the whole width. */
static void put_text(struct paper *p, const char *tag, const char *before, const char *text, const struct press_style *s)
{
	struct buf markup;
	buf_init(&markup, TEXT_MAX);
	buf_z(&markup, before);
	add_markup(&markup, text);
	press_text(p->press, tag, buf_cstr(&markup), s);
	buf_free(&markup);
}

/* Of the chart, or 0 where the block is none. */
static double height_of_chart(const struct doc_block *b)
{
	return b->kind == DOC_CHART ? b->level * CHART_SCALE : 0;
}

/* Rows that stay together at the head of a table. */
static size_t rows_together(const struct doc_block *b)
{
	size_t rows = b->n / doc_columns(b);
	return rows < ROWS_TOGETHER ? rows : 3;
}

/* About the height of what must not be parted from its heading: up to the first table. */
static double height_with(const struct doc *d, const struct doc_block *heading)
{
	double height = 2 * TOKEN_PRINT_HEADING;
	for (const struct doc_block *b = heading + 1; b < d->blocks + d->n; b++) {
		if (b->kind == DOC_HEADING)
			return b->level > heading->level ? height + height_with(d, b) : height;
		if (b->kind == DOC_TABLE)
			return height + (double)(rows_together(b) + 1) * ROW_HEIGHT;
		height += b->kind == DOC_CHART ? height_of_chart(b) + ROW_HEIGHT : 2 * ROW_HEIGHT;
	}
	return height;
}

static void put_heading(struct paper *p, const struct doc_block *b)
{
	static const struct {
		const char *tag;
		double before, after;
		struct press_style style;
	} levels[] = {
		{ "H1", 4, 6, { TOKEN_PRINT_TITLE, true, TOKEN_LIGHT_INK } },
		{ "H2", 12, 4, { TOKEN_PRINT_HEADING, true, TOKEN_LIGHT_INK } },
		{ "H3", 10, 5, { TOKEN_PRINT_SUBHEADING, true, TOKEN_LIGHT_INK } },
	};
	const int i = b->level - 1;
	press_skip(p->press, levels[i].before);
	press_need(p->press, height_with(p->doc, b));
	press_outline(p->press, b->level, doc_first(p->doc, b));
	put_text(p, levels[i].tag, "", doc_first(p->doc, b), &levels[i].style);
	press_skip(p->press, levels[i].after);
}

/* Paragraphs on a ground of their own. */
static void put_quote(struct paper *p, const char *text, const char *color)
{
	struct buf markup;
	buf_init(&markup, TEXT_MAX);
	add_markup(&markup, text);
	struct press_cell cell = { "P", buf_cstr(&markup), CARD_INSET + 2, press_width() - 2 * CARD_INSET - 2, false };
	double height = press_height(p->press, &cell, 1, &body) + 2 * CARD_INSET;
	press_need(p->press, height);
	press_box(p->press, TOKEN_LIGHT_PANEL, 0, press_width(), height);
	press_box(p->press, color, 0, 2.5, height);
	press_move(p->press, CARD_INSET);
	press_row(p->press, &cell, 1, &body);
	press_move(p->press, CARD_INSET + 4);
	buf_free(&markup);
}

static void put_facts(struct paper *p, const struct doc_block *b)
{
	const char *text = doc_first(p->doc, b);
	struct buf name, value;
	buf_init(&name, TEXT_MAX);
	buf_init(&value, TEXT_MAX);
	for (size_t i = 0; i + 1 < b->n; i += 2) {
		buf_clear(&name);
		buf_clear(&value);
		buf_z(&name, "<span color=\"" TOKEN_LIGHT_MUTED "\">");
		add_markup(&name, text);
		buf_z(&name, "</span>");
		text = doc_next(text);
		add_markup(&value, text);
		text = doc_next(text);
		struct press_cell cells[] = { { "P", buf_cstr(&name), 0, LABEL_WIDTH, false },
			                      { "P", buf_cstr(&value), LABEL_WIDTH, press_width() - LABEL_WIDTH, false } };
		press_row(p->press, cells, 2, &body);
		press_skip(p->press, 1);
	}
	press_skip(p->press, 4);
	buf_free(&name);
	buf_free(&value);
}

/* A line of a card. */
static double put_card_text(struct paper *p, const char *markup, double x, const struct press_style *s)
{
	struct press_cell cell = { "P", markup, x + CARD_INSET, CARD_WIDTH - 2 * CARD_INSET, false };
	double height = press_height(p->press, &cell, 1, s);
	press_row(p->press, &cell, 1, s);
	return height;
}

/* The figure large, and below it what is said of it; returns the height. */
static double put_figure(struct paper *p, const char *text, double x)
{
	struct doc_run run;
	struct buf markup;
	double height = 0;
	buf_init(&markup, TEXT_MAX);
	while (doc_next_run(&text, &run)) {
		if (run.kind == RUN_JOINT)
			continue;
		buf_clear(&markup);
		xml_text(&markup, str_trim(run.text));
		height += put_card_text(p, buf_cstr(&markup), x, run.kind == RUN_FIGURE ? &figure : &caption);
	}
	buf_free(&markup);
	return height;
}

/* A card: its label, and a figure a column; where there are several, each says of what. Nothing moves. */
static void put_card(struct paper *p, const char *text, const char *headings, size_t columns, double x, double height)
{
	press_box(p->press, TOKEN_LIGHT_PANEL, x, CARD_WIDTH - CARD_GAP, height);
	press_move(p->press, CARD_INSET);
	double used = CARD_INSET + put_card_text(p, text, x, &caption);
	for (size_t i = 1; i < columns; i++) {
		text = doc_next(text);
		headings = doc_next(headings);
		if (columns > 2)
			used += put_card_text(p, headings, x, &table_head);
		used += put_figure(p, text, x);
	}
	press_move(p->press, -used);
}

static void put_numbers(struct paper *p, const struct doc_block *b)
{
	const char *headings = doc_first(p->doc, b), *text = headings;
	size_t columns = doc_columns(b), cards = b->n / columns - 1;
	double height = 2 * CARD_INSET + CARD_LINE + (double)(columns - 1) * (CARD_FIGURE + (columns > 2 ? CARD_LINE : 0));
	for (size_t i = 0; i < columns; i++)
		text = doc_next(text);
	for (size_t card = 0; card < cards; card++) {
		if (card % CARDS == 0)
			press_need(p->press, height);
		put_card(p, text, headings, columns, (double)(card % CARDS) * CARD_WIDTH, height);
		if (card % CARDS == CARDS - 1 || card + 1 == cards)
			press_move(p->press, height + CARD_GAP);
		for (size_t i = 0; i < columns; i++)
			text = doc_next(text);
	}
}

/* Tables. */

/* Cells as markup, and where their columns are. */
struct grid {
	struct buf text;  /* each ending with NUL */
	const char *align;
	size_t columns;
	double width[COLUMNS_MAX];
};

static void take_cells(struct grid *g, const struct doc *d, const struct doc_block *b)
{
	const char *text = doc_first(d, b);
	for (size_t i = 0; i < b->n; i++, text = doc_next(text)) {
		add_markup(&g->text, text);
		buf_char(&g->text, '\0');
	}
}

static void measure(struct grid *g, struct press *press, size_t cells)
{
	const char *text = buf_cstr(&g->text);
	for (size_t i = 0; i < cells; i++, text = doc_next(text)) {
		double width = press_natural(press, text, i < g->columns ? &table_head : &table_text) + COLUMN_GAP;
		if (width > g->width[i % g->columns])
			g->width[i % g->columns] = width;
	}
}

static double sum_of(const struct grid *g)
{
	double sum = 0;
	for (size_t i = 0; i < g->columns; i++)
		sum += g->width[i];
	return sum;
}

/* Makes the columns as wide together as the page: words wrap in the widest ones, or what is left goes to all. */
static void fit(struct grid *g)
{
	double left = press_width() + COLUMN_GAP - sum_of(g);
	for (size_t i = 0; left > 0 && i < g->columns; i++)
		g->width[i] += left / (double)g->columns;
	for (double most = press_width(); most > COLUMN_MIN && sum_of(g) > press_width() + COLUMN_GAP; most -= 4)
		for (size_t i = 0; i < g->columns; i++)
			if (g->width[i] > most)
				g->width[i] = most;
}

/* The next row; returns the text behind it. */
static const char *row_at(const struct grid *g, const char *text, const char *first, const char *others,
                          struct press_cell cells[COLUMNS_MAX])
{
	double x = 0;
	for (size_t i = 0; i < g->columns; i++, text = doc_next(text)) {
		cells[i] = (struct press_cell){ i == 0 ? first : others, text, x, g->width[i] - COLUMN_GAP, g->align[i] == 'r' };
		x += g->width[i];
	}
	return text;
}

static void put_row(struct press *press, const struct press_cell *cells, const struct grid *g, const struct press_style *s)
{
	press_open(press, "TR");
	press_row(press, cells, g->columns, s);
	press_close(press, "TR");
}

static void put_line(struct press *press, const char *color)
{
	press_move(press, ROW_GAP / 2);
	press_box(press, color, 0, press_width(), 0.5);
	press_move(press, ROW_GAP / 2 + 0.5);
}

/* The headings once more, for the eye alone. */
static void repeat_headings(struct press *press, const struct grid *g)
{
	struct press_cell cells[COLUMNS_MAX];
	row_at(g, buf_cstr(&g->text), NULL, NULL, cells);
	press_row(press, cells, g->columns, &table_head);
	put_line(press, TOKEN_LIGHT_MUTED);
}

static void put_grid(struct press *press, const struct grid *g, size_t rows, size_t together)
{
	struct press_cell cells[COLUMNS_MAX];
	press_open(press, "Table");
	const char *text = row_at(g, buf_cstr(&g->text), "TH", "TH", cells);
	press_need(press, (double)together * ROW_HEIGHT);
	put_row(press, cells, g, &table_head);
	put_line(press, TOKEN_LIGHT_MUTED);
	for (size_t i = 1; i < rows; i++) {
		text = row_at(g, text, "TH", "TD", cells);
		if (press_need(press, press_height(press, cells, g->columns, &table_text) + ROW_GAP))
			repeat_headings(press, g);
		put_row(press, cells, g, &table_text);
		put_line(press, TOKEN_LIGHT_LINE);
	}
	press_close(press, "Table");
}

static void put_table(struct paper *p, const struct doc_block *b)
{
	struct grid g = { .align = b->align, .columns = doc_columns(b) };
	buf_init(&g.text, REPORT_BYTES_MAX);
	take_cells(&g, p->doc, b);
	measure(&g, p->press, b->n);
	fit(&g);
	put_grid(p->press, &g, b->n / g.columns, rows_together(b));
	press_skip(p->press, 6);
	buf_free(&g.text);
}

/* Caption, picture, and what the picture says for those who do not see it. */
static void put_chart(struct paper *p, const struct doc_block *b)
{
	const char *title = doc_first(p->doc, b), *description = doc_next(title);
	struct buf svg;
	buf_init(&svg, TEXT_MAX);
	svg_picture(&svg, "xmlns=\"http://www.w3.org/2000/svg\"", "chart", title, description, doc_next(description), b->level);
	buf_fmt(p->figures, "Chart. %s: %s.", title, description);
	buf_char(p->figures, '\0');
	press_need(p->press, height_of_chart(b) + 20);
	put_text(p, "P", "", title, &caption);
	press_skip(p->press, 3);
	press_picture(p->press, buf_cstr(&svg), chart_css, b->level, CHART_SCALE);
	press_skip(p->press, 4);
	buf_free(&svg);
}

static bool is_item(const struct paper *p, const struct doc_block *b)
{
	return b >= p->doc->blocks && b < p->doc->blocks + p->doc->n && b->kind == DOC_ITEM;
}

static void put_item(struct paper *p, const struct doc_block *b)
{
	if (!is_item(p, b - 1))
		press_open(p->press, "L");
	press_open(p->press, "LI");
	put_text(p, "LBody", "•  ", doc_first(p->doc, b), &body);
	press_close(p->press, "LI");
	press_skip(p->press, 2);
	if (!is_item(p, b + 1))
		press_close(p->press, "L");
}

static void put_paragraph(struct paper *p, const char *text)
{
	put_text(p, "P", "", text, &body);
	press_skip(p->press, 5);
}

static void put_block(struct paper *p, const struct doc_block *b)
{
	const char *text = doc_first(p->doc, b);
	switch (b->kind) {
	case DOC_BANNER: put_quote(p, text, TOKEN_LIGHT_INK); break;
	case DOC_HEADING: put_heading(p, b); break;
	case DOC_TEXT: put_paragraph(p, text); break;
	case DOC_QUOTE: put_quote(p, text, TOKEN_LIGHT_S1); break;
	case DOC_ITEM: put_item(p, b); break;
	case DOC_COMMAND: put_quote(p, text, TOKEN_LIGHT_LINE); break;
	case DOC_FACTS: put_facts(p, b); break;
	case DOC_NUMBERS: put_numbers(p, b); break;
	case DOC_TABLE: put_table(p, b); break;
	case DOC_CHART: put_chart(p, b); break;
	}
}

/* Puts the whole on paper; *pages: how many the last time, and now. */
static int print(const struct doc *d, const struct press_page *page, int *pages, struct buf *out, struct buf *figures,
                 struct err *e)
{
	struct paper p = { .doc = d, .figures = figures };
	if (press_begin(&p.press, page, *pages, out, e) < 0)
		return -1;
	press_open(p.press, "Document");
	for (size_t i = 0; i < d->n; i++)
		put_block(&p, &d->blocks[i]);
	press_close(p.press, "Document");
	return press_end(p.press, pages, e);
}

/* Head and foot. */

/* "DEMO: synthetic data" */
static const char *handling(const struct report *r)
{
	const char *mode = r->all.mode ? r->all.mode : "no calls";
	if (strcmp(mode, "DEMO") == 0)
		return "DEMO: synthetic data, no patients";
	if (strcmp(mode, "LIVE") == 0)
		return "LIVE: may rest on data of patients";
	return strcmp(mode, "MIXED") == 0 ? "MIXED: DEMO, and LIVE that may rest on data of patients" : "NO CALLS";
}

static void say_foot(struct buf *out, const struct report *r, const struct sha256 *json)
{
	char hash[SHA256_TEXT];
	sha256_format(json, hash);
	buf_z(out, "Generated ");
	human_time(out, r->generated_ms);
	buf_fmt(out, " by %s. SHA-256 of the attached JSON:\n%s", r->generated_by, hash);
}

/* The JSON is only in its hash and in `attached`. */
static int render(const struct report *r, const struct sha256 *json, const struct pdf_attachment *attached, struct buf *out, struct err *e)
{
	struct doc d;
	char created[TIME_TEXT];
	struct buf title, foot, figures;
	int pages = 0;
	buf_init(&title, TEXT_MAX);
	buf_init(&foot, TEXT_MAX);
	buf_init(&figures, REPORT_BYTES_MAX);
	doc_init(&d);
	report_content(r, &d);
	time_format(r->generated_ms, created);
	content_title(&title, r);
	say_foot(&foot, r, json);
	struct press_page page = { buf_cstr(&title), r->generated_by, created, handling(r), buf_cstr(&title),
		                   "minimum necessary, 45 CFR 164.502(b)", buf_cstr(&foot) };
	struct pdf_extras extras = { buf_cstr(&title), r->generated_by, created, attached, &figures };
	int rc = print(&d, &page, &pages, out, &figures, e);
	buf_clear(out);
	buf_clear(&figures);
	if (rc == 0)
		rc = print(&d, &page, &pages, out, &figures, e);
	if (rc == 0 && buf_ok(out))
		rc = pdf_finish(out, &extras, e);
	out->failed |= !buf_ok(&d.text);
	doc_free(&d);
	buf_free(&title);
	buf_free(&foot);
	buf_free(&figures);
	return rc;
}

int report_pdf(const struct report *r, struct buf *out, struct err *e)
{
	struct buf json;
	struct pdf_attachment attached;
	buf_init(&json, REPORT_BYTES_MAX);
	report_json(r, &json, NULL);
	struct sha256 hash = sha256_of(buf_view(&json));
	int rc = pdf_attachment(&attached, buf_view(&json), e);
	out->failed |= !buf_ok(&json);
	buf_free(&json);
	if (rc == 0)
		rc = render(r, &hash, &attached, out, e);
	buf_free(&attached.deflated);
	return rc;
}
