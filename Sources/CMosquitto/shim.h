// What the MQTT module needs of C: the broker client and the descriptor that wakes its loop.
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <sys/eventfd.h>
