/* Numbers as people read them. All are exact, but shares, which have one decimal. */
#ifndef ROS_REPORT_HUMAN_H
#define ROS_REPORT_HUMAN_H

#include "base/buf.h"
#include "base/num.h"

#include <stdbool.h>
#include <stdint.h>

void human_count(struct buf *b, int128 n);                   /* 1,234,567 */
void human_usd(struct buf *b, int128 nano);                  /* $1,234.50, $0.00298: at least two decimals */
void human_share(struct buf *b, int128 part, int128 whole); /* 7.2 %; 0 % and 100 % only where it is so; or n/a */
void human_of(struct buf *b, int128 part, int128 whole, const char *what); /* 139 of 1,939 calls (7.2 %) */
void human_percent(struct buf *b, double share);               /* 7.2 % */
void human_effect(struct buf *b, double v, bool is_difference); /* 34.9 points; 2.1 times */
void human_ms(struct buf *b, double ms);                      /* 1,840 ms; unknown where negative */
void human_time(struct buf *b, int64_t ms);                   /* 2026-01-28 12:00:00 UTC */

/* 1 call, 2 calls. */
void human_plural(struct buf *b, int128 n, const char *one, const char *many);

#endif
