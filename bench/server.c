/*
 * The server of the benchmarks, with as little CPU as possible: it reads a request up to its
 * Content-Length, discards the body and sends a fixed response. One thread, keep-alive, loopback only.
 *
 *   server <response to GET> <response to POST> <response to POST /ims/…>
 *
 * It prints its port and exits when its stdin ends. Responses to PUT, HEAD and POST …?action=… have no
 * body. It also supports the S3 calls of a multipart upload, which it recognises by their query.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GET, POST, TOKEN, EMPTY, CREATED, S3_BEGIN, S3_PART, S3_END, RESPONSES };
enum { MAX_CONNECTIONS = 64, HEAD_BYTES = 16384, SINK_BYTES = 1 << 20 };

struct connection {
  size_t length;   /* of what was read of the head */
  long long left;  /* of the body */
  int response;
  char head[HEAD_BYTES + 1];
};

static struct pollfd sockets[MAX_CONNECTIONS + 2]; /* 0: stdin, 1: listener */
static struct connection connections[MAX_CONNECTIONS + 2];
static char sink[SINK_BYTES];
static char responses[RESPONSES][4096];
static size_t response_lengths[RESPONSES];
static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

static void prepare(int at, const char *status, const char *head, const char *body) {
  response_lengths[at] = snprintf(responses[at], sizeof responses[at],
      "HTTP/1.1 %s\r\n%s\r\nContent-Length: %zu\r\n\r\n%s", status, head, strlen(body), body);
}

/* Selects the response by the first line of the request. */
static int find_response(char *head) {
  char *end = strstr(head, "\r\n");
  if (end) *end = 0;
  int s3 = strstr(head, "uploadId=") != NULL, response = POST;
  if (head[0] == 'G') response = GET;
  else if (head[0] == 'H') response = EMPTY;
  else if (head[1] == 'U') response = s3 ? S3_PART : EMPTY;
  else if (s3) response = S3_END;
  else if (strstr(head, "?uploads")) response = S3_BEGIN;
  else if (strstr(head, "?action=")) response = CREATED;
  else if (!strncmp(head + 5, "/ims/", 5)) response = TOKEN;
  if (end) *end = '\r';
  return response;
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
    char *field = strcasestr(it->head, "\r\nContent-Length:");
    long long here = it->length - (end + 4 - it->head);
    it->left = (field ? atoll(field + 17) : 0) - here;
    it->response = find_response(it->head);
    if (it->left > 0 && strcasestr(it->head, "\r\nExpect:") && write(fd, go_on, sizeof go_on - 1) < 0) return 0;
    it->length = 0;
  }
  if (it->left > 0) return 1;
  return write(fd, responses[it->response], response_lengths[it->response]) > 0;
}

int main(int count, char **bodies) {
  if (count != 4) return 2;
  const char *json = "Content-Type: application/json", *xml = "Content-Type: application/xml";
  for (int at = GET; at <= TOKEN; at++) prepare(at, "200 OK", json, bodies[at + 1]);
  prepare(EMPTY, "200 OK", json, "");
  prepare(CREATED, "201 Created", json, "");
  prepare(S3_BEGIN, "200 OK", xml, "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>"
      "<UploadId>u</UploadId></InitiateMultipartUploadResult>");
  prepare(S3_PART, "200 OK", "ETag: \"e\"", "");
  prepare(S3_END, "200 OK", xml, "<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>"
      "<ETag>e</ETag></CompleteMultipartUploadResult>");
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
