/*
 * scan-speed NAME FILE: how fast phi_scan() goes over the lines of a file that is in memory, and memchr(), which finds their ends, in the same run. Prints a row;
 * seconds are of the processor.
 */
#include "io/out.h"
#include "phi/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_BYTES ((size_t)256 << 20)

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Over all lines; with a scanner each is scanned. How many findings or lines there are. */
static size_t pass(struct phi_scanner *s, struct str all)
{
	const struct phi_finding *found;
	struct err e;
	struct str line;
	size_t n, count = 0;
	while (all.n > 0) {
		all = str_cut(all, '\n', &line);
		if (s && phi_scan(s, (struct str){ 0 }, line, &found, &n, &e) != 0)
			return 0;
		count += s ? n : 1;
	}
	return count;
}

int main(int argc, char **argv)
{
	FILE *f = argc == 3 ? fopen(argv[2], "rb") : NULL;
	char *text = malloc(FILE_BYTES);
	if (!f || !text)
		return 64;
	struct str all = { text, fread(text, 1, FILE_BYTES, f) };
	fclose(f);
	struct phi_scanner *s = phi_scanner_new();
	pass(s, (struct str){ all.p, all.n / 10 });
	double begin = now();
	size_t lines = pass(NULL, all);
	double between = now();
	size_t found = pass(s, all);
	double end = now(), mb = (double)all.n / 1e6;
	printf("scan, %-28s %8.2f s %10.0f lines/s  %8.1f MB/s   memchr %.0f MB/s, %zu findings\n", argv[1], end - between, (double)lines / (end - between),
	       mb / (end - between), mb / (between - begin), found);
	phi_scanner_free(s);
	free(text);
	return 0;
}
