// Network poller on epoll, edge-triggered: what internal/poll needs. Codes: 0 ok, 1 closing, 2 timeout, 3 not pollable.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

struct PollDesc;
void pollServerInit();
PollDesc *pollOpen(Word fd, int32_t &errorNumber);
void pollClose(PollDesc *);
int pollReset(PollDesc *, int mode);              // mode 'r' or 'w'
int pollWait(PollDesc *, int mode);               // BLOCKING
void pollWaitCanceled(PollDesc *, int mode);      // BLOCKING
void pollSetDeadline(PollDesc *, int64_t delay, int mode);
void pollUnblock(PollDesc *);
bool isPollDescriptor(Word fd);

} // namespace stoat::rt
