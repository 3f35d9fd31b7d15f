/* Any bytes as an ack line: what is accepted is written again to the byte. */
#include "../lib/fuzz.h"

#include "event/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = { (const char *)data, size };
	struct ack a;
	if (!ack_read(line, &a))
		return 0;
	struct buf b;
	buf_init(&b, 1 << 22);
	ack_write(&b, &a);
	FUZZ_CHECK(b.n == size + 1 && memcmp(b.p, data, size) == 0);
	buf_free(&b);
	return 0;
}
