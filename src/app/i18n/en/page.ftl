# The shell
skip-to-stage = Skip to the picture of the cluster
panes = Panels
pane-manifests = Manifests
pane-stage = Stage
pane-inspector = Inspector
resize-manifests = Width of the manifests
resize-inspector = Width of the inspector
fold-manifests = Fold the manifests away
fold-inspector = Fold the inspector away
examples = Examples
release = Kubernetes { $version } · { $nodes ->
    [one] 1 node
   *[other] { $nodes } nodes
  }
theme-toggle = Light or dark
help = Help and keys
close = Close
toast-close = Dismiss

# Help
help-title = A living cluster in this tab
help-what = Everything here is decided by a Kubernetes control plane that runs in your browser, in virtual time. Edit a manifest at the left, apply it, and watch what follows.
help-why = Select anything in the picture to see what it is, why it is so, its live YAML and its events. Stop a component or a node, and see what depends on it.
help-keys = Keys
key-apply = apply the manifests
key-play = pause or play
key-step = step to the next event
key-step-back = step back
key-speed = slower, faster
key-editor = go to the editor
key-stage = go to the picture
key-inspector = go to the inspector
key-arrows = move in the picture, or type a name; Enter to inspect
key-zoom = zoom in, out, all
key-theme = light or dark
key-help = this help

# The editor
files = Files
file-new = New file
file-close = Close this file
file-too-large = { $name } is larger than 4 MB, which is more than the editor takes.
file-unreadable = { $name } could not be read.
paste-too-large = That is more than 4 MB of text, which is more than the editor takes. Nothing was changed.
rules-missing = A part of the page did not arrive, so nothing was applied. Your manifests are kept; try again when the network is back.
editor-missing = The editor did not arrive, so this is a plain text field. Reloading may help; your manifests are kept.
editor-label = Manifest
editor-find = Find
editor-replace = Replace
editor-next = next
editor-previous = previous
editor-all = all
editor-match-case = match case
editor-by-word = by word
editor-replace-all = replace all
apply = Apply
apply-title = Apply all files (Ctrl Enter)
outcomes = What applying came to
outcomes-unchanged = { $count ->
    [one] 1 object unchanged
   *[other] { $count } objects unchanged
  }
outcome-took-over = { $line }, in the place of the one in { $file }
problems = Problems
problems-more = { $count ->
    [one] and 1 more
   *[other] and { $count } more
  }
problem-place = { $file } line { $line }, column { $column }
problem-fix = Use “{ $text }”
summary-none = Nothing to apply
summary-problems = { $count ->
    [one] 1 problem
   *[other] { $count } problems
  }
summary-edited = 1 change: { $field } { $from } → { $to }
summary-set = 1 change: { $field } set to { $to }
summary-unset = 1 change: { $field } no longer { $from }
summary-added = 1 change: { $name } is new
summary-removed = { $name } is no longer here, and stays in the cluster
summary-many = { $count } changes
kept-manifests = Your manifests from last time are kept.
kept-restore = Open them
kept-leave = Not now
kept-title = Your manifests
kept-what = What you had written before, in a new cluster.

# The stage
stage-tree = The cluster
stage-begins = The cluster begins …
legend = What pods look like
legend-ready = ready
legend-starting = starting
legend-not-ready = not ready
legend-crash = failing
legend-leaving = leaving
legend-pending = pending
layer-control = Control plane
layer-data = Packets
zoom = Zoom
zoom-in = Zoom in
zoom-out = Zoom out
zoom-reset = Show everything
pod-count = { $ready } of { $all } { $all ->
    [one] pod
   *[other] pods
  } ready
pod-count-short = { $ready }/{ $all } ready

# Time
time = Time
play = Play
pause = Pause
step = Step to the next event
step-back = Step back
speed = Speed
behind = as fast as this machine can
following = following the served cluster
class-file =
    # This page follows a cluster that somebody drives with kubectl.
    # Write something here and apply it, and you go on alone from that instant.
class-left = You go on alone from here. Reload the page to follow the served cluster again.
class-lost = The served cluster is out of reach. Reload the page once it is back.
histogram = Events of the last minutes
log = Latest events

# A crash
crash-title = Podarium has stopped
crash-text = Something in it went wrong in a way it cannot recover from. Your manifests are safe: they are kept in this browser.
crash-restart = Restart from your manifests
crash-fresh = Start afresh
