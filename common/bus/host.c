/* See the header. */
#include "bus/host.h"

#include <string.h>
#include <unistd.h>

bool host_name_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == 0x7f || name.p[i] == '/')
			return false;
	return name.n > 0 && name.n < HOST_BYTES && str_utf8(name);
}

bool host_name(char out[HOST_BYTES])
{
	memset(out, 0, HOST_BYTES);
	gethostname(out, HOST_BYTES - 1);
	return host_name_plain(str_of(out));
}
