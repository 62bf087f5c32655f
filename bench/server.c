/*
 * The server of the benchmarks, as cheap as can be: it reads a request up to its Content-Length,
 * throws the body away and answers with one of three fixed bodies. One thread, keep-alive,
 * loopback only.
 *
 *   server <answer to GET> <answer to POST> <answer to POST /ims/…>
 *
 * It prints its port, and ends when its stdin does. PUT is answered without a body.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 64, HEAD_BYTES = 16384, SINK_BYTES = 1 << 20 };

struct connection {
  size_t length;   /* of what was read of the head */
  long long left;  /* of the body */
  int answer;
  char head[HEAD_BYTES + 1];
};

static struct pollfd sockets[MAX_CONNECTIONS + 2]; /* 0: stdin, 1: listener */
static struct connection connections[MAX_CONNECTIONS + 2];
static char sink[SINK_BYTES];
static char answers[4][4096];
static size_t answer_lengths[4];

static void prepare(int at, const char *body) {
  answer_lengths[at] = snprintf(answers[at], sizeof answers[at],
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
      strlen(body), body);
}

/* Whether the connection may live on. */
static int take(int fd, struct connection *it) {
  if (it->left > 0) {
    ssize_t got = read(fd, sink, it->left < SINK_BYTES ? it->left : SINK_BYTES);
    if (got <= 0) return 0;
    it->left -= got;
  } else {
    ssize_t got = read(fd, it->head + it->length, HEAD_BYTES - it->length);
    if (got <= 0) return 0;
    it->length += got;
    it->head[it->length] = 0;
    char *end = strstr(it->head, "\r\n\r\n");
    if (end == NULL) return it->length < HEAD_BYTES;
    *end = 0;
    if (strcasestr(it->head, "\r\nTransfer-Encoding:")) return 0; /* no peer needs it */
    char *told = strcasestr(it->head, "\r\nContent-Length:");
    long long here = it->length - (end + 4 - it->head);
    it->left = (told ? atoll(told + 17) : 0) - here;
    it->answer = it->head[0] == 'G' ? 0 : it->head[1] == 'U' ? 3 : strncmp(it->head + 5, "/ims/", 5) ? 1 : 2;
    it->length = 0;
  }
  if (it->left > 0) return 1;
  return write(fd, answers[it->answer], answer_lengths[it->answer]) > 0;
}

int main(int count, char **bodies) {
  if (count != 4) return 2;
  for (int at = 0; at < 3; at++) prepare(at, bodies[at + 1]);
  prepare(3, "");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, used = 2;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 64)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  sockets[0] = (struct pollfd){.fd = 0, .events = POLLIN};
  sockets[1] = (struct pollfd){.fd = listener, .events = POLLIN};
  for (;;) {
    poll(sockets, used, -1);
    if (sockets[0].revents) return 0;
    for (int at = used - 1; at > 1; at--) {
      if (!sockets[at].revents || take(sockets[at].fd, &connections[at])) continue;
      close(sockets[at].fd);
      sockets[at] = sockets[--used];
      connections[at] = connections[used];
    }
    if (sockets[1].revents && used < MAX_CONNECTIONS + 2) {
      int fd = accept(listener, NULL, NULL);
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections[used].length = connections[used].left = 0;
      sockets[used++] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
  }
}
