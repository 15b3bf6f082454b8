variable "project" {
  type        = string
  description = "Project id."
}

variable "host" {
  type        = string
  description = "Where people reach the app."
}

variable "alert_email" {
  type        = string
  description = "Who is on call."
  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.alert_email))
    error_message = "An e-mail address."
  }
}

# Slack's token would be in the state: the channel is connected once, by hand, in the console.
variable "slack_channel" {
  type        = string
  description = "Resource name of the notification channel of Slack."
  validation {
    condition     = can(regex("^projects/[^/]+/notificationChannels/[^/]+$", var.slack_channel))
    error_message = "projects/<project>/notificationChannels/<id>."
  }
}

variable "runbooks_url" {
  type        = string
  description = "Where docs/runbooks can be read."
  validation {
    condition     = can(regex("^https://.*/docs/runbooks$", var.runbooks_url))
    error_message = "https://…/docs/runbooks."
  }
}

variable "functions" {
  type        = list(string)
  description = "Names of the functions."
}

variable "dead_subscription" {
  type        = string
  description = "The subscription that holds dead letters."
}

variable "url_map_pattern" {
  type        = string
  description = "The names that the Gateway gives its URL maps."
  default     = "gkegw1-.*-banneton-.*"
}

variable "availability_goal" {
  type        = number
  description = "Share of requests that are answered."
  default     = 0.999
  validation {
    condition     = var.availability_goal > 0.9 && var.availability_goal < 1
    error_message = "Below 1: no error at all cannot be promised."
  }
}
