/* Pages by cairo, text by Pango, pictures by librsvg. */
#include "report/pdf_press.h"

#include "base/mem.h"
#include "tokens.h"

#include <cairo-pdf.h>
#include <hb.h>
#include <librsvg/rsvg.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

/* ISO 216 A4 */
#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89

#define HEAD_HEIGHT 34
#define FOOT_HEIGHT 22
#define TOP (TOKEN_PRINT_MARGIN + HEAD_HEIGHT)
#define BOTTOM (PAGE_HEIGHT - TOKEN_PRINT_MARGIN - FOOT_HEIGHT)
#define LINE_SPACING 1.2F
#define OUTLINE_LEVELS 4

struct press {
	const struct press_page *page;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoLayout *layout;
	double y;
	int number, pages; /* of the page; of all, 0: not known yet */
	int outline[OUTLINE_LEVELS]; /* last entry of each level; 0: the root */
	const char *failed; /* what a library said */
};

static cairo_status_t append(void *out, const unsigned char *bytes, unsigned n)
{
	buf_add(out, bytes, n);
	return CAIRO_STATUS_SUCCESS;
}

/* Fontconfig makes up families such as Sans even where there is no font: only those of one kind of their own count. */
static bool has_fonts(void)
{
	static const char *const made_up[] = { "Sans", "Serif", "Monospace", "System-ui", "Cursive", "Fantasy" };
	PangoFontFamily **families = NULL;
	int n = 0;
	bool found = false;
	pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &n);
	for (int i = 0; i < n; i++) {
		size_t k = 0, count = sizeof made_up / sizeof made_up[0];
		while (k < count && strcmp(pango_font_family_get_name(families[i]), made_up[k]) != 0)
			k++;
		found = found || k == count;
	}
	g_free(families);
	return found;
}

static void set_color(cairo_t *cr, const char *color)
{
	unsigned long rgb = strtoul(color + 1, NULL, 16);
	cairo_set_source_rgb(cr, (double)(rgb >> 16 & 0xff) / 255, (double)(rgb >> 8 & 0xff) / 255, (double)(rgb & 0xff) / 255);
}

/* Lays a text out; the layout is good until the next call. */
static PangoLayout *lay(struct press *p, const char *markup, double width, bool right, const struct press_style *s)
{
	PangoFontDescription *font = pango_font_description_from_string(TOKEN_PRINT_TEXT);
	pango_font_description_set_absolute_size(font, s->size * PANGO_SCALE);
	pango_font_description_set_weight(font, s->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(p->layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(p->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_alignment(p->layout, right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	pango_layout_set_attributes(p->layout, NULL); /* those of the last markup */
	pango_layout_set_markup(p->layout, markup, -1);
	return p->layout;
}

/*
 * Pango leaves the space out at which a line is broken, and cairo then says by /ActualText what is not there; readers such
 * as poppler lose the rest of the text behind that. A space without a width stands for itself.
 */
static void restore_spaces(PangoGlyphItem *run, const char *text)
{
	hb_codepoint_t space;
	PangoGlyphString *glyphs = run->glyphs;
	if (!hb_font_get_nominal_glyph(pango_font_get_hb_font(run->item->analysis.font), ' ', &space))
		return;
	for (int i = 0; i < glyphs->num_glyphs; i++)
		if (glyphs->glyphs[i].glyph == PANGO_GLYPH_EMPTY && text[run->item->offset + glyphs->log_clusters[i]] == ' ')
			glyphs->glyphs[i].glyph = space;
}

static double height_of(PangoLayout *layout)
{
	int height;
	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

static void show(struct press *p, const struct press_cell *cell, double y, const struct press_style *s)
{
	PangoLayout *layout = lay(p, cell->markup, cell->width, cell->right, s);
	for (GSList *line = pango_layout_get_lines(layout); line; line = line->next)
		for (GSList *run = ((PangoLayoutLine *)line->data)->runs; run; run = run->next)
			restore_spaces(run->data, pango_layout_get_text(layout));
	if (cell->tag)
		cairo_tag_begin(p->cr, cell->tag, NULL);
	set_color(p->cr, s->color);
	cairo_move_to(p->cr, TOKEN_PRINT_MARGIN + cell->x, y);
	pango_cairo_show_layout(p->cr, layout);
	if (cell->tag)
		cairo_tag_end(p->cr, cell->tag);
}

static void show_plain(struct press *p, const char *text, bool right, double y, const struct press_style *s)
{
	char *markup = g_markup_escape_text(text, -1);
	struct press_cell cell = { NULL, markup, 0, press_width(), right };
	show(p, &cell, y, s);
	g_free(markup);
}

static void put_edges(struct press *p)
{
	static const struct press_style strong = { TOKEN_PRINT_SMALL, true, TOKEN_LIGHT_INK };
	static const struct press_style quiet = { TOKEN_PRINT_FOOT, false, TOKEN_LIGHT_MUTED };
	double top = TOKEN_PRINT_MARGIN - 8, foot = PAGE_HEIGHT - TOKEN_PRINT_MARGIN;
	char number[64];
	snprintf(number, sizeof number, "page %d of %d", p->number, p->pages);
	show_plain(p, p->page->head_left, false, top, &strong);
	show_plain(p, p->page->head_right, true, top, &quiet);
	show_plain(p, p->page->head_note, false, top + 11, &quiet);
	show_plain(p, p->page->foot, false, foot, &quiet);
	show_plain(p, number, true, foot, &quiet);
	p->y = top + 25;
	press_box(p, TOKEN_LIGHT_INK, 0, press_width(), 0.75);
	p->y = foot - 6;
	press_box(p, TOKEN_LIGHT_LINE, 0, press_width(), 0.5);
}

static void begin_page(struct press *p)
{
	p->number++;
	put_edges(p);
	p->y = TOP;
}

/* Letters stand where the font wants them, not on the pixels of some screen. */
static void set_typography(PangoLayout *layout)
{
	cairo_font_options_t *options = cairo_font_options_create();
	PangoContext *context = pango_layout_get_context(layout);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("en"));
	cairo_font_options_destroy(options);
	pango_layout_context_changed(layout);
}

int press_begin(struct press **made, const struct press_page *page, int pages, struct buf *out, struct err *e)
{
	if (!has_fonts())
		return err_set(e, ROS_CONFIG, "a PDF needs a font, and none is installed; on Debian: apt-get install fonts-dejavu-core");
	struct press *p = mem_alloc(sizeof *p);
	p->page = page;
	p->pages = pages;
	p->surface = cairo_pdf_surface_create_for_stream(append, out, PAGE_WIDTH, PAGE_HEIGHT);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, page->title);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, page->creator);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, page->created);
	p->cr = cairo_create(p->surface);
	p->layout = pango_cairo_create_layout(p->cr);
	set_typography(p->layout);
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(p->layout, LINE_SPACING);
	begin_page(p);
	*made = p;
	return 0;
}

int press_end(struct press *p, int *pages, struct err *e)
{
	cairo_show_page(p->cr);
	cairo_surface_finish(p->surface);
	cairo_status_t status = cairo_status(p->cr);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p->surface);
	const char *failed = status == CAIRO_STATUS_SUCCESS ? p->failed : cairo_status_to_string(status);
	*pages = p->number;
	g_object_unref(p->layout);
	cairo_destroy(p->cr);
	cairo_surface_destroy(p->surface);
	free(p);
	return failed ? err_set(e, ROS_BUG, "cannot make a PDF: %s", failed) : 0;
}

double press_width(void)
{
	return PAGE_WIDTH - 2 * TOKEN_PRINT_MARGIN;
}

void press_open(struct press *p, const char *tag)
{
	cairo_tag_begin(p->cr, tag, NULL);
}

void press_close(struct press *p, const char *tag)
{
	cairo_tag_end(p->cr, tag);
}

double press_height(struct press *p, const struct press_cell *cells, size_t n, const struct press_style *s)
{
	double highest = 0;
	for (size_t i = 0; i < n; i++) {
		double height = height_of(lay(p, cells[i].markup, cells[i].width, cells[i].right, s));
		if (height > highest)
			highest = height;
	}
	return highest;
}

double press_natural(struct press *p, const char *markup, const struct press_style *s)
{
	int width;
	pango_layout_get_size(lay(p, markup, -1, false, s), &width, NULL);
	return (double)width / PANGO_SCALE;
}

bool press_need(struct press *p, double height)
{
	if (p->y + height <= BOTTOM || p->y == TOP)
		return false;
	cairo_show_page(p->cr);
	begin_page(p);
	return true;
}

void press_move(struct press *p, double by)
{
	p->y += by;
}

void press_skip(struct press *p, double by)
{
	if (p->y > TOP)
		p->y += by;
}

void press_row(struct press *p, const struct press_cell *cells, size_t n, const struct press_style *s)
{
	double height = press_height(p, cells, n, s);
	press_need(p, height);
	for (size_t i = 0; i < n; i++)
		show(p, &cells[i], p->y, s);
	p->y += height;
}

void press_text(struct press *p, const char *tag, const char *markup, const struct press_style *s)
{
	struct press_cell cell = { tag, markup, 0, press_width(), false };
	press_row(p, &cell, 1, s);
}

void press_box(struct press *p, const char *color, double x, double width, double height)
{
	set_color(p->cr, color);
	cairo_rectangle(p->cr, TOKEN_PRINT_MARGIN + x, p->y, width, height);
	cairo_fill(p->cr);
}

void press_outline(struct press *p, int level, const char *text)
{
	char target[64];
	snprintf(target, sizeof target, "page=%d pos=[%.1f %.1f]", p->number, TOKEN_PRINT_MARGIN, p->y);
	p->outline[level] = cairo_pdf_surface_add_outline(p->surface, p->outline[level - 1], text, target,
	                                                  level < 3 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
}

void press_picture(struct press *p, const char *svg, const char *css, double pixels, double scale)
{
	GError *why = NULL;
	RsvgHandle *handle = rsvg_handle_new_from_data((const guint8 *)svg, strlen(svg), &why);
	RsvgRectangle room = { 0, 0, press_width() / scale, pixels };
	press_need(p, pixels * scale);
	cairo_save(p->cr);
	cairo_tag_begin(p->cr, "Figure", NULL);
	cairo_translate(p->cr, TOKEN_PRINT_MARGIN, p->y);
	cairo_scale(p->cr, scale, scale);
	if (!handle || !rsvg_handle_set_stylesheet(handle, (const guint8 *)css, strlen(css), &why) ||
	    !rsvg_handle_render_document(handle, p->cr, &room, &why))
		p->failed = "a chart cannot be drawn";
	cairo_tag_end(p->cr, "Figure");
	cairo_restore(p->cr);
	g_clear_error(&why);
	if (handle)
		g_object_unref(handle);
	p->y += pixels * scale;
}
