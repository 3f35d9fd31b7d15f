/*
 * DICOM (PS3.10, section 7.1): 128 bytes of anything, then DICM. A file is one instance, a row; what is in it
 * is not looked at.
 */
#include "base/mem.h"
#include "dataset/format.h"

#define PREAMBLE 128

static int dicom_begin(struct str head, bool whole, void **state, struct err *e)
{
	(void)whole;
	(void)e;
	if (head.n >= PREAMBLE && str_starts((struct str){ head.p + PREAMBLE, head.n - PREAMBLE }, "DICM"))
		*state = mem_alloc(1);
	return 0;
}

static int dicom_end(void *state, int fd, int64_t size, struct facts *f, struct err *e)
{
	(void)state;
	(void)fd;
	(void)size;
	(void)e;
	f->format = "dicom";
	f->rows = 1;
	return 0;
}

const struct format format_dicom = { dicom_begin, NULL, dicom_end, free };
