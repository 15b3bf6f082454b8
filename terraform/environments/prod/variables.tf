variable "ranges" {
  type        = object({ machines = string, pods = string, services = string, google_services = string })
  description = "Addresses of machines, pods, Kubernetes services, and of Google's services for us."
}

variable "image_patterns" {
  type        = list(string)
  description = "Images that may run on Kubernetes."
}
