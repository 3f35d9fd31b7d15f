/* What tables and charts of the report have in common. */
#ifndef ROS_REPORT_CELLS_H
#define ROS_REPORT_CELLS_H

#include "base/num.h"
#include "report/doc.h"
#include "report/model.h"

/* Begins a table with its row of headings, one a letter of `align`. */
void open_table(struct doc *d, const char *align, const char *const *headings);

/* Each adds a cell. */
void cell_count(struct doc *d, int128 n);
void cell_share(struct doc *d, int128 part, int128 whole);
void cell_mean(struct doc *d, const struct report_group *g); /* average latency, and for how many calls where not all */
void cell_cost(struct doc *d, const struct report_group *g); /* the same of the known cost */

/* The cells of a model behind its name: calls, share, succeeded, tokens, known cost. */
void cell_model_figures(struct doc *d, const struct report_part *p, const struct report_group *g);

/* Appended to a text. */
void human_mean(struct buf *out, const struct report_group *g);
void put_uuid(struct buf *out, const struct uuid *u);
void put_scope(struct buf *cell, const struct report *r); /* what is reported on: run, project, tenant, mode */
void put_period(struct buf *cell, const struct report *r); /* nothing where the scope has no bounds */
void put_span(struct buf *out, int64_t first_ms, int64_t last_ms);

#endif
