/* A plan as compose.yaml: the server alone, with nothing but what it needs. */
#include "posture/formats.h"

#include <inttypes.h>

static void reason(struct buf *out, const char *text)
{
	buf_fmt(out, "    # %s\n", text);
}

void plan_compose(const struct plan *p, struct buf *out)
{
	const char *port = p->needs.port ? p->needs.port : "6379";
	buf_z(out, "# The server of the bus, by ros-bus config. Beside it, readable for the container's user: redis.conf and users.acl\n"
	           "# (--format redis.conf, --format acl), and tls/ with redis.crt, redis.key and ca.crt.\nservices:\n  redis:\n");
	reason(out, "the last line of Redis under the BSD licence; by digest in production");
	buf_z(out, "    image: docker.io/library/redis:7.2-bookworm\n");
	reason(out, "/data is the volume that the image has");
	buf_z(out, "    command: [\"redis-server\", \"/etc/redis/redis.conf\", \"--dir\", \"/data\"]\n");
	reason(out, "no root, no capabilities, nothing to write to but its data");
	buf_z(out, "    user: redis\n    read_only: true\n    cap_drop: [ALL]\n    security_opt: [\"no-new-privileges:true\"]\n");
	buf_z(out, "    volumes:\n      - ./redis.conf:/etc/redis/redis.conf:ro\n      - ./users.acl:/etc/redis/users.acl:ro\n"
	           "      - ./tls:/etc/redis/tls:ro\n      - data:/data\n");
	reason(out, "twice maxmemory: a fork that rewrites the AOF may need as much again");
	buf_fmt(out, "    mem_limit: %" PRId64 "m\n", p->host_memory >> 20);
	reason(out, "time to write the last snapshot");
	buf_z(out, "    stop_grace_period: 1m\n    restart: unless-stopped\n");
	reason(out, "NOAUTH is an answer: the check has no password, and needs none");
	buf_fmt(out, "    healthcheck:\n      test: [\"CMD-SHELL\", \"redis-cli --tls --cacert /etc/redis/tls/ca.crt --cert /etc/redis/tls/redis.crt"
	             " --key /etc/redis/tls/redis.key -p %s PING | grep -q NOAUTH\"]\n      interval: 10s\n      timeout: 3s\n      retries: 3\n", port);
	reason(out, "no port of the host: producers and workers are in the same network, or publish it yourself");
	buf_fmt(out, "    expose: [\"%s\"]\nvolumes:\n  data:\n", port);
}
