/*
 * A report as a document: headings, paragraphs, tables and charts in the order of reading, without a form. content.c
 * makes it of the model; one file a format gives it a form. So all formats for people say the same.
 *
 * Texts are UTF-8 in which a run of its own kind (a name from the data, code, ...) stands between marks. All texts of a
 * block follow one another, each ending with NUL.
 */
#ifndef ROS_REPORT_DOC_H
#define ROS_REPORT_DOC_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum doc_kind {
	DOC_BANNER,
	DOC_HEADING, /* level 1 to 3 */
	DOC_TEXT,    /* a paragraph */
	DOC_QUOTE,   /* a paragraph to be copied */
	DOC_ITEM,    /* of a list */
	DOC_COMMAND, /* for a shell */
	DOC_NUMBERS, /* a table of few figures, to be shown large */
	DOC_FACTS,   /* a table of what and which, without headings */
	DOC_TABLE,   /* the first row has the headings, the first column what the row is about */
	DOC_CHART    /* SVG: title, description, drawing; a table with the same figures follows */
};

struct doc_block {
	enum doc_kind kind;
	int level;         /* of a heading; of a chart its height in pixels */
	const char *align; /* of a table: a letter a column, l or r */
	char id[48];       /* of a heading, unique */
	size_t first;      /* offset of its first text */
	size_t n;          /* number of its texts */
};

struct doc {
	struct buf text;
	struct doc_block *blocks;
	size_t n, cap;
	const char *part; /* begins the ids of headings: "demo-" */
};

void doc_init(struct doc *d);
void doc_free(struct doc *d);

/* Begin a block with one text: append it to what is returned. */
struct buf *doc_block(struct doc *d, enum doc_kind kind);
void doc_text(struct doc *d, enum doc_kind kind, const char *text);
void doc_heading(struct doc *d, int level, const char *text);

/* Begins a table (or DOC_NUMBERS), whose cells follow by doc_cell() row by row. `align` is kept by reference. */
void doc_table(struct doc *d, enum doc_kind kind, const char *align);

/* Begins the next cell: append its text to what is returned. */
struct buf *doc_cell(struct doc *d);
void doc_cell_z(struct doc *d, const char *text);

/* Runs of a text. Names are made visible and cut; NULL is "not stated". */
void doc_name(struct buf *b, const char *name);
void doc_code(struct buf *b, const char *text);
void doc_strong(struct buf *b, const char *text);
void doc_begin_figure(struct buf *b); /* the number that a cell of DOC_NUMBERS is about */
void doc_end_figure(struct buf *b);
void doc_joint(struct buf *b, const char *text); /* what joins a figure to what is said of it, where both are on one line */

enum doc_run_kind { RUN_PLAIN, RUN_NAME, RUN_CODE, RUN_STRONG, RUN_FIGURE, RUN_JOINT, RUNS };

struct doc_run {
	enum doc_run_kind kind;
	struct str text;
};

/* Cuts the next run off a text; false at its end. */
bool doc_next_run(const char **text, struct doc_run *run);

/* The first text of the block, and the text behind a text. */
const char *doc_first(const struct doc *d, const struct doc_block *b);
const char *doc_next(const char *text);

size_t doc_columns(const struct doc_block *b); /* of a table */

#endif
