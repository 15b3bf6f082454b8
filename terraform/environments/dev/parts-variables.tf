variable "project" {
  type        = string
  description = "Project id of this environment."
}

variable "shared_project" {
  type        = string
  description = "Project id of what the environments share: images, binaries, bundles."
}

variable "region" {
  type        = string
  description = "Where everything is."
  default     = "europe-west3"
}

variable "pod_ranges" {
  type        = list(string)
  description = "Addresses of the cluster's pods, whose Prometheus reads the worker's numbers."
}

variable "connector_range" {
  type        = string
  description = "A /28 for the functions' way into the network."
}

variable "host" {
  type        = string
  description = "Where people reach the app."
}

variable "static_host" {
  type        = string
  description = "Where the portals' files are."
}

variable "alert_email" {
  type        = string
  description = "Who is on call."
}

variable "slack_channel" {
  type        = string
  description = "Resource name of Slack's notification channel."
}

variable "runbooks_url" {
  type        = string
  description = "Where docs/runbooks can be read."
}

variable "secret_versions" {
  type        = map(string)
  description = "Version of each secret that the worker has, by the name it knows it by."
}

variable "worker_object" {
  type        = string
  description = "From release.auto.tfvars.json."
}

variable "worker_sha256" {
  type        = string
  description = "From release.auto.tfvars.json."
}

variable "functions_object" {
  type        = string
  description = "From release.auto.tfvars.json."
}

variable "functions_sha256" {
  type        = string
  description = "From release.auto.tfvars.json."
}

variable "event_audience" {
  type        = string
  description = "Audience of Eventarc's tokens, which is known once its push subscription is there."
  default     = null
}
