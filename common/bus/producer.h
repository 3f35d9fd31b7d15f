/*
 * Who publishes: a source, and the numbers that it gives its entries, 1, 2, 3 ... without leaving one out, so that who reads the stream can
 * prove completeness. A source is kept in a small locked file of the state directory and goes on from process to process. Where the last
 * process ended without knowing whether its numbers had reached the bus, or the machine was restarted since (the file may be older
 * than what was sent), a new source begins: no number is ever given twice, and a number that is left out below one that was
 * seen was truly lost.
 */
#ifndef ROS_BUS_PRODUCER_H
#define ROS_BUS_PRODUCER_H

#include "base/err.h"
#include "base/uuid.h"
#include "event/lines.h"

#include <stdint.h>

#define SOURCE_BYTES 256

struct producer {
	int fd; /* of the locked file; -1: none, and entries go without numbers */
	char boot[UUID_TEXT]; /* the kernel's boot id; empty where it does not tell: then no file is trusted */
	char source[SOURCE_BYTES];
	int64_t next;    /* number of the next entry */
	int64_t settled; /* the last number whose entry is known to be on the bus or in the local queue */
	char left[SOURCE_BYTES]; /* the source that was here before, where a new one had to begin; empty: none */
	int64_t left_last;       /* its last number that was settled */
};

/* Takes the lowest source of the directory DIR that no process holds. ROS_IO: the file; ROS_LATER: too many processes. */
int producer_take(struct producer *p, const char *dir, struct err *e);
void producer_release(struct producer *p);

/* Takes the next n numbers, and notes it before any of them is used; returns the first, or -1. */
int64_t producer_reserve(struct producer *p, size_t n, struct err *e);

/* All reserved numbers are on the bus or in the local queue; or, with `unused`, none of the last n was ever sent, and they are free again. */
int producer_settle(struct producer *p, size_t unused, struct err *e);

#endif
