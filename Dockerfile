# All six programs of Hermes in one image, without Deno, a shell or anything else to break into. What runs is the command:
#   docker build --build-arg HERMES_COMMIT="$(git rev-parse --short=12 HEAD)" --tag hermes .
#   docker run --env-file .env hermes hermes-scheduler
# compose.yaml runs from source instead: there, nothing is compiled.
FROM denoland/deno:2.9.6 AS build
WORKDIR /src
COPY . .
RUN deno install --frozen
ARG HERMES_COMMIT=unknown
RUN HERMES_COMMIT="$HERMES_COMMIT" deno task compile

# cc: the programs need glibc and libgcc, and nothing more. It brings the certificate authorities and the user nonroot, 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build --chown=root:root --chmod=0755 /src/dist/ /opt/hermes/
# A program reads .env, certificate authorities and a layout of the pharmacy's own here: mount them.
WORKDIR /opt/hermes
ENV PATH=/opt/hermes
USER 65532:65532
# HEALTH_PORT is for the orchestrator to ask: there is no shell in here to do it.
EXPOSE 9464 8480
STOPSIGNAL SIGTERM
CMD ["hermes-scheduler"]
