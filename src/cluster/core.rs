//! The world and the components in it, and the one loop that drives them.

use crate::apiserver::{self, Request, Response};
use crate::command::Command;
use crate::config::Config;
use crate::controllers::Controllers;
use crate::kubelet::Kubelets;
use crate::network::Network;
use crate::scheduler::Scheduler;
use crate::sim::{Actor, Component, What, Why};
use crate::world::{Work, World};
use podarium_api::meta::Time;

/// A whole cluster without its history. A clone is a fork.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    pub world: World,
    pub controllers: Controllers,
    pub scheduler: Scheduler,
    pub kubelets: Kubelets,
    pub network: Network,
}

impl Core {
    pub fn new(config: Config) -> Self {
        let mut core = Core::blank(config);
        apiserver::bootstrap(&mut core.world);
        core.controllers.start(&mut core.world);
        core.scheduler.start(&mut core.world);
        core.kubelets.start(&mut core.world);
        core.network.start(&mut core.world);
        core.settle_watches();
        core
    }

    /// A world with nothing in it, and components that were never started.
    pub fn blank(config: Config) -> Self {
        Core {
            world: World::new(config),
            controllers: Controllers::default(),
            scheduler: Scheduler::default(),
            kubelets: Kubelets::default(),
            network: Network::default(),
        }
    }

    /// Does the next due work, if any is due by `until`; whether there was some.
    pub fn step(&mut self, until: Time) -> bool {
        let Some(work) = self.world.next_work(until) else {
            return false;
        };
        let world = &mut self.world;
        match work {
            Work::Controllers(work) => self.controllers.work(world, work),
            Work::Scheduler(work) => self.scheduler.work(world, work),
            Work::Kubelet(work) => self.kubelets.work(world, work, &self.network),
            Work::Network(work) => self.network.work(world, work, &mut self.kubelets),
            Work::Api(work) => apiserver::work(world, work),
        }
        self.settle_watches();
        true
    }

    /// Carries out a command from outside, at the present instant.
    pub fn command(&mut self, command: &Command) -> Response {
        let user = match command {
            Command::Request(request) => request.user.clone(),
            Command::Leave { user, .. } => user.clone(),
            _ => "operator".into(),
        };
        let world = &mut self.world;
        world.because(None);
        let actor = Actor::User(user);
        let text = What::Command(command.to_string().into());
        let record = world.record(&actor, text, Why::new("command"));
        world.because(Some(record));
        let response = match command {
            Command::Request(request) => self.read(request),
            Command::Stop(component) => self.stop(component),
            Command::Start(component) => self.start(component),
            Command::Cut(a, b) => {
                world.faults.cut(world.now(), a, b);
                self.links_changed();
                Response::empty()
            }
            Command::Mend(a, b) => {
                world.faults.mend(a, b);
                self.links_changed();
                Response::empty()
            }
            Command::Kill {
                namespace,
                pod,
                container,
            } => self.kubelets.kill(world, namespace, pod, container),
            Command::Leave { files, .. } => {
                self.kubelets.leave(files);
                Response::empty()
            }
            Command::AddNode => self.kubelets.add_node(world),
            Command::Traffic(source) => self.network.set_traffic(world, source.clone()),
            Command::StopTraffic(name) => self.network.stop_traffic(world, name),
        };
        self.settle_watches();
        self.world.because(None);
        response
    }

    /// Answers a request that changes nothing.
    pub fn read(&mut self, request: &Request) -> Response {
        let response = apiserver::handle(&mut self.world, request);
        #[cfg(not(target_arch = "wasm32"))]
        let response = self.view().connected(response);
        response
    }

    /// All that a look into a container needs.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn view(&self) -> crate::inside::View<'_> {
        crate::inside::View {
            world: &self.world,
            kubelets: &self.kubelets,
            network: &self.network,
        }
    }

    fn stop(&mut self, component: &Component) -> Response {
        let world = &mut self.world;
        if world.faults.stop(world.now(), component.clone()) {
            self.controllers.stopped(world, component);
            self.scheduler.stopped(world, component);
            self.kubelets.stopped(world, component);
            self.network.stopped(world, component);
        }
        Response::empty()
    }

    fn start(&mut self, component: &Component) -> Response {
        let world = &mut self.world;
        if world.faults.start(component) {
            apiserver::beats::leads(world, component);
            self.controllers.started(world, component);
            self.scheduler.started(world, component);
            self.kubelets.started(world, component);
            self.network.started(world, component);
        }
        Response::empty()
    }

    fn links_changed(&mut self) {
        self.controllers.links_changed(&mut self.world);
        self.kubelets.links_changed(&mut self.world);
        self.network.links_changed(&mut self.world);
    }

    /// Sends what was committed to those who watch.
    fn settle_watches(&mut self) {
        for change in self.world.take_pending() {
            self.world.because(Some(change.record));
            // The shared tables of the network are derived from the store itself; each reader applies its own lag.
            self.network.observe(&mut self.world, &change);
            self.controllers.observe(&mut self.world, &change);
            self.scheduler.observe(&mut self.world, &change);
            self.kubelets.observe(&mut self.world, &change);
        }
    }
}
