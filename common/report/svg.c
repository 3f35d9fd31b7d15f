/* Lines of a label, a value and a mark below both; all elements stand on their own, none needs a script or a style. */
#include "report/svg.h"

#include "report/xml.h"

#define DRAWING_MAX ((size_t)1 << 20)

/* Pixels. */
#define LINE_HEIGHT 35
#define TEXT_AT 13  /* baseline of the text within its line */
#define MARK_AT 20  /* upper edge of the bar */
#define MARK_HEIGHT 8
#define PLOT_TOP 20 /* of columns */
#define PLOT_HEIGHT 112
#define PLOT_FOOT 20

void svg_init(struct svg *s)
{
	s->height = 0;
	buf_init(&s->drawing, DRAWING_MAX);
	buf_init(&s->description, DRAWING_MAX);
}

void svg_free(struct svg *s)
{
	buf_free(&s->drawing);
	buf_free(&s->description);
}

static void put_text(struct svg *s, const char *class, const char *x, int y, const char *text)
{
	buf_fmt(&s->drawing, "<text class=\"%s\" x=\"%s\" y=\"%d\">", class, x, y);
	xml_text(&s->drawing, str_of(text));
	buf_z(&s->drawing, "</text>");
}

/* A text that ends, wherever it would, before the value. */
static void put_label(struct svg *s, int y, const char *text)
{
	buf_fmt(&s->drawing, "<svg y=\"%d\" width=\"65%%\" height=\"%d\">", y, MARK_AT);
	put_text(s, "label", "0", TEXT_AT, text);
	buf_z(&s->drawing, "</svg>");
}

static void put_rect(struct svg *s, const char *class, double x, int y, double width, int height)
{
	buf_fmt(&s->drawing, "<rect class=\"%s\" x=\"%.2f%%\" y=\"%d\" width=\"%.2f%%\" height=\"%d\"/>", class, 100 * x, y,
	        100 * width, height);
}

static void describe(struct svg *s, const char *label, const char *value)
{
	buf_fmt(&s->description, "%s%s: %s", s->description.n > 0 ? "; " : "", label, value);
}

/* Label and value of the next line; returns where its mark begins. */
static int put_line(struct svg *s, const char *label, const char *value)
{
	int y = s->height;
	put_label(s, y, label);
	put_text(s, "value", "100%", y + TEXT_AT, value);
	describe(s, label, value);
	s->height += LINE_HEIGHT;
	return y + MARK_AT;
}

void svg_bar(struct svg *s, const char *label, const char *value, double share, const char *class)
{
	int y = put_line(s, label, value);
	put_rect(s, share < 0 ? "track unknown" : "track", 0, y, 1, MARK_HEIGHT);
	if (share > 0)
		put_rect(s, class, 0, y, share < 0.004 ? 0.004 : share, MARK_HEIGHT); /* what is not 0 can be seen */
}

void svg_range(struct svg *s, const char *label, const char *value, const double at[3])
{
	int y = put_line(s, label, value);
	put_rect(s, "track", 0, y + MARK_HEIGHT / 2 - 1, 1, 2);
	put_rect(s, "s1 thin", at[0], y + MARK_HEIGHT / 2 - 1, at[2] - at[0], 2);
	put_rect(s, "s1", at[0], y + 1, at[1] - at[0], MARK_HEIGHT - 2);
	buf_fmt(&s->drawing, "<circle class=\"s1 dot\" cx=\"%.2f%%\" cy=\"%d\" r=\"5\"/>", 100 * at[0], y + MARK_HEIGHT / 2);
}

void svg_columns(struct svg *s, const double *share, size_t n, const char *top, const char *first, const char *last,
                 const char *class)
{
	int base = s->height + PLOT_TOP + PLOT_HEIGHT;
	put_text(s, "label", "0", s->height + TEXT_AT, top);
	put_rect(s, "rule", 0, s->height + PLOT_TOP, 1, 1);
	for (size_t i = 0; i < n; i++) {
		int height = (int)(share[i] * PLOT_HEIGHT + 0.5);
		if (share[i] > 0)
			put_rect(s, class, ((double)i + 0.1) / (double)n, base - (height < 1 ? 1 : height), 0.8 / (double)n,
			         height < 1 ? 1 : height);
	}
	put_rect(s, "rule strong", 0, base, 1, 1);
	put_text(s, "label", "0", base + PLOT_FOOT - 4, first);
	put_text(s, "value", "100%", base + PLOT_FOOT - 4, last);
	buf_fmt(&s->description, "%zu columns from %s to %s, %s each", n, first, last, top);
	s->height = base + PLOT_FOOT;
}

void svg_picture(struct buf *out, const char *attributes, const char *id, const char *title, const char *description,
                 const char *drawing, int height)
{
	buf_fmt(out, "<svg %s width=\"100%%\" height=\"%d\" role=\"img\" aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">",
	        attributes, height, id, id, id);
	xml_text(out, str_of(title));
	buf_fmt(out, "</title><desc id=\"%s-d\">", id);
	xml_text(out, str_of(description));
	buf_z(out, "</desc>");
	buf_z(out, drawing);
	buf_z(out, "</svg>");
}
