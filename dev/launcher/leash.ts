/**
 * Runs in a child before the child's own program. When the parent dies, also by SIGKILL, the channel between them closes. The child then ends its whole
 * process group, because what it has started (workerd, esbuild) would hold the ports.
 */
if (process.connected) {
  process.channel?.unref()
  // Zero stands for the process's own group.
  process.once('disconnect', () => process.kill(0, 'SIGKILL'))
}
