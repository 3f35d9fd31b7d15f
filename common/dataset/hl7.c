/*
 * HL7 version 2, as messages one after the other, or in a batch or a file of batches (FHS, BHS). A row is a
 * message (MSH). Segments end in CR; files that went through an editor end them in LF, or both.
 */
#include "base/mem.h"
#include "dataset/format.h"

struct hl7 {
	size_t matched;  /* bytes of the segment's name that are those of MSH; 4: it has another name */
	uint64_t messages;
};

/* MSH, FHS or BHS, then the field separator and the encoding characters that HL7 recommends: |^~\& */
static int hl7_begin(struct str head, bool whole, void **state, struct err *e)
{
	(void)whole;
	(void)e;
	struct str s = str_starts(head, "\v") ? (struct str){ head.p + 1, head.n - 1 } : head; /* the frame of a connection */
	bool named = str_starts(s, "MSH") || str_starts(s, "FHS") || str_starts(s, "BHS");
	if (named && str_starts((struct str){ s.p + 3, s.n - 3 }, "|^~\\"))
		*state = mem_alloc(sizeof(struct hl7));
	return 0;
}

static int hl7_feed(void *state, struct str bytes, struct err *e)
{
	struct hl7 *h = state;
	(void)e;
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];
		if (c == '\r' || c == '\n' || c == '\v')
			h->matched = 0;
		else if (h->matched < 3 && c == "MSH"[h->matched])
			h->messages += ++h->matched == 3;
		else
			h->matched = 4;
	}
	return 0;
}

static int hl7_end(void *state, int fd, int64_t size, struct facts *f, struct err *e)
{
	struct hl7 *h = state;
	(void)fd;
	(void)size;
	(void)e;
	f->format = "hl7";
	f->rows = (int64_t)h->messages;
	return 0;
}

const struct format format_hl7 = { hl7_begin, hl7_feed, hl7_end, free };
