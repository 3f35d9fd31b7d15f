/*
 * A fuzz target is also a plain test over its corpus: linked without a fuzzer, main() runs the target on every file of the folders and files given, and
 * prints TAP. Each input is copied to memory of its exact size, so that a sanitizer sees over-reads.
 */
#ifndef ROS_TESTS_FUZZ_H
#define ROS_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process where a property of the target does not hold. */
#define FUZZ_CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

#ifndef ROS_FUZZER
#include <dirent.h>

static int fuzz_files;

static void fuzz_file(const char *path)
{
	static uint8_t all[1 << 22];
	FILE *f = fopen(path, "rb");
	if (!f)
		abort();
	size_t n = fread(all, 1, sizeof all, f);
	fclose(f);
	uint8_t *exact = malloc(n ? n : 1);
	if (!exact)
		abort();
	memcpy(exact, all, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	fuzz_files++;
}

static void fuzz_path(const char *path)
{
	DIR *d = opendir(path);
	if (!d) {
		fuzz_file(path);
		return;
	}
	for (struct dirent *entry; (entry = readdir(d));) {
		char file[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		fuzz_file(file);
	}
	closedir(d);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		fuzz_path(argv[i]);
	printf("%sok 1 - %d inputs\n1..1\n", fuzz_files ? "" : "not ", fuzz_files);
	return fuzz_files == 0;
}
#endif

#endif
