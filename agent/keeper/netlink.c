#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "scope.h"

/* The largest datagram that the kernel builds for a dump. */
#define RECEIVE_BYTES 65536
/* Datagrams per request: bounds a dump that never ends. */
#define MAX_DATAGRAMS 65536

static int open_socket(int protocol) {
  SCOPED_FD netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (netlink < 0) return -1;
  int on = 1;
  int receive_buffer = 4 * 1024 * 1024;
  /* Older kernels lack these two; the answers are only less telling. */
  (void)setsockopt(netlink, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  (void)setsockopt(netlink, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  if (setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) < 0)
    (void)setsockopt(netlink, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  return take_descriptor(&netlink);
}

/* NLMSGERR_ATTR_MSG of an extended acknowledgement. */
static void copy_kernel_text(const struct nlmsghdr *header, char *text, size_t text_size) {
  if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0 || text_size == 0) return;
  const struct nlmsgerr *error = NLMSG_DATA(header);
  size_t skip = sizeof *header + sizeof *error;
  if ((header->nlmsg_flags & NLM_F_CAPPED) == 0) {
    if (error->msg.nlmsg_len < sizeof error->msg) return;
    skip += NLMSG_ALIGN(error->msg.nlmsg_len - sizeof error->msg);
  }
  const uint8_t *at = (const uint8_t *)header + skip;
  size_t left = header->nlmsg_len > skip ? header->nlmsg_len - skip : 0;
  while (left >= sizeof(struct nlattr)) {
    struct nlattr attribute;
    memcpy(&attribute, at, sizeof attribute);
    if (attribute.nla_len < sizeof attribute || attribute.nla_len > left) return;
    size_t payload = attribute.nla_len - sizeof attribute;
    if ((attribute.nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG && payload > 0) {
      (void)snprintf(text, text_size, "%.*s", (int)payload, (const char *)at + sizeof attribute);
      return;
    }
    size_t step = NLA_ALIGN(attribute.nla_len);
    if (step >= left) return;
    at += step;
    left -= step;
  }
}

struct answer {
  int error;
  struct writer *messages;
  char *text;
  size_t text_size;
};

static void read_datagram(const uint8_t *bytes, size_t length, struct answer *answer) {
  while (length >= sizeof(struct nlmsghdr)) {
    const struct nlmsghdr *header = (const struct nlmsghdr *)bytes;
    if (header->nlmsg_len < sizeof *header || header->nlmsg_len > length) return;
    if (header->nlmsg_type == NLMSG_ERROR) {
      const struct nlmsgerr *error = NLMSG_DATA(header);
      bool whole = header->nlmsg_len >= sizeof *header + sizeof *error;
      if (whole && error->error != 0 && answer->error == 0) {
        answer->error = -error->error;
        copy_kernel_text(header, answer->text, answer->text_size);
      }
    } else if (header->nlmsg_type == NLMSG_DONE) {
      int status = 0;
      if (header->nlmsg_len >= sizeof *header + sizeof status)
        memcpy(&status, NLMSG_DATA(header), sizeof status);
      if (status < 0 && answer->error == 0) answer->error = -status;
    } else if (header->nlmsg_type != NLMSG_NOOP && answer->messages != NULL) {
      write_field(answer->messages, FIELD_NETLINK_MESSAGE, bytes, header->nlmsg_len);
    }
    size_t step = NLMSG_ALIGN(header->nlmsg_len);
    if (step >= length) return;
    bytes += step;
    length -= step;
  }
}

int netlink_exchange(int protocol, const uint8_t *bytes, uint32_t length, struct writer *messages, char *text,
                     size_t text_size) {
  SCOPED_FD netlink = open_socket(protocol);
  if (netlink < 0) return -1;
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t sent = sendto(netlink, bytes, length, 0, (struct sockaddr *)&kernel, sizeof kernel);
  if (sent < 0) return -1;
  static uint8_t datagram[RECEIVE_BYTES] __attribute__((aligned(8)));
  struct answer answer = {.messages = messages, .text = text, .text_size = text_size};
  /* The kernel queues every answer before sendto returns, and the next part of a dump while one is read. */
  for (int count = 0; count < MAX_DATAGRAMS; count++) {
    ssize_t received = recv(netlink, datagram, sizeof datagram, MSG_DONTWAIT | MSG_TRUNC);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return answer.error;
    if (received < 0) return -1;
    if ((size_t)received > sizeof datagram) {
      errno = EMSGSIZE;
      return -1;
    }
    read_datagram(datagram, (size_t)received, &answer);
    if (messages != NULL && messages->failed) {
      errno = EMSGSIZE;
      return -1;
    }
  }
  errno = EOVERFLOW;
  return -1;
}

int send_netlink_step(const struct step *step, int container_net, char *text, size_t text_size) {
  static uint8_t request[MAX_NETLINK_BYTES];
  if (step->byte_count > sizeof request) {
    errno = EMSGSIZE;
    return -1;
  }
  memcpy(request, step->bytes, step->byte_count);
  if (step->mode != NO_NAMESPACE) {
    if (container_net < 0 || step->mode > step->byte_count || step->byte_count - step->mode < 4) {
      errno = EINVAL;
      return -1;
    }
    memcpy(request + step->mode, &container_net, 4);
  }
  int error = netlink_exchange((int)step->number, request, step->byte_count, NULL, text, text_size);
  if (error > 0) {
    errno = error;
    error = -1;
  }
  return error == 0 || step_tolerates(step, errno) ? 0 : -1;
}
