#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/parse.h"

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static enum pk_status read_address(union address *out, socklen_t *len, const char *text,
                                   struct pk_error *err)
{
    char host[PK_LISTEN_TEXT];
    const char *colon = strrchr(text, ':');
    uint32_t port;
    memset(out, 0, sizeof(*out));
    if (colon == NULL || (size_t)(colon - text) >= sizeof(host) ||
        !pk_parse_all_u32(colon + 1, 65535, &port)) {
        return pk_fail(err, PK_BAD_INPUT, "listen: \"%.80s\" is not ADDRESS:PORT", text);
    }
    size_t n = (size_t)(colon - text);
    memcpy(host, text, n);
    host[n] = '\0';
    if (host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        memmove(host, host + 1, n - 1);
    }
    if (strcmp(host, "localhost") == 0) {
        snprintf(host, sizeof(host), "127.0.0.1");
    }
    if (inet_pton(AF_INET, host, &out->in.sin_addr) == 1) {
        out->in.sin_family = AF_INET;
        out->in.sin_port = htons((uint16_t)port);
        *len = sizeof(out->in);
        return PK_OK;
    }
    if (inet_pton(AF_INET6, host, &out->in6.sin6_addr) == 1) {
        out->in6.sin6_family = AF_INET6;
        out->in6.sin6_port = htons((uint16_t)port);
        *len = sizeof(out->in6);
        return PK_OK;
    }
    return pk_fail(err, PK_BAD_INPUT, "listen: \"%.80s\" is no IP address", host);
}

enum pk_status pk_listen(int *fd, const char *text, struct pk_error *err)
{
    union address address;
    socklen_t len = 0;
    enum pk_status status = read_address(&address, &len, text, err);
    if (status != PK_OK) {
        return status;
    }
    int one = 1;
    int s = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(s, &address.any, len) != 0 || listen(s, PK_LISTEN_BACKLOG) != 0) {
        status = pk_fail(err, PK_IO, "listen: %s: %s", text, strerror(errno));
        if (s >= 0) {
            close(s);
        }
        return status;
    }
    *fd = s;
    return PK_OK;
}

enum pk_status pk_listen_name(char out[PK_LISTEN_TEXT], int fd, struct pk_error *err)
{
    union address address;
    socklen_t len = sizeof(address);
    char host[INET6_ADDRSTRLEN] = "";
    if (getsockname(fd, &address.any, &len) != 0) {
        return pk_fail(err, PK_IO, "listen: %s", strerror(errno));
    }
    if (address.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address.in6.sin6_addr, host, sizeof(host));
        snprintf(out, PK_LISTEN_TEXT, "[%s]:%u", host, ntohs(address.in6.sin6_port));
    } else {
        inet_ntop(AF_INET, &address.in.sin_addr, host, sizeof(host));
        snprintf(out, PK_LISTEN_TEXT, "%s:%u", host, ntohs(address.in.sin_port));
    }
    return PK_OK;
}
